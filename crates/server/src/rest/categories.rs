use super::{Answer, wire};
use crate::params::CategoryName;
use crate::request::Call;
use api::{Category, TopItems};
use axum::Json;
use axum::extract::State;
use engine::Engine;

/// Every category with its totals, by name.
#[utoipa::path(get, path = "/api/categories", tag = "categories",
    responses((status = 200, description = "The categories", body = Vec<Category>)))]
pub(crate) async fn list_categories(
    State(engine): State<Engine>,
    Call(context): Call,
) -> Answer<Vec<Category>> {
    Ok(Json(wire(engine.category_list(&context).await?)))
}

/// The 100 items of highest quantity in a category, highest first, ties by id.
#[utoipa::path(get, path = "/api/items/category/{category}/top", tag = "categories",
    params(("category" = String, Path, description = "The category's name")),
    responses((status = 200, description = "The items; none where no item bears the category", body = TopItems)))]
pub(crate) async fn top_items(
    State(engine): State<Engine>,
    Call(context): Call,
    CategoryName(category): CategoryName,
) -> Answer<TopItems> {
    Ok(Json(TopItems::from(&*engine.category_top(&context, &category).await?)))
}
