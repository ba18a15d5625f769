use super::response::{CachedJsonResponse, JsonResult, VersionedResponse, json_with_tag, tagged, to_wire};
use crate::http::error::ApiError;
use crate::http::extract::CategoryPath;
use crate::http::extract::IfMatch;
use crate::http::extract::JsonBody;
use crate::http::extract::RequestContext;
use api::{Category, CategoryRenamed, RenameCategory, TopItems};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use engine::Engine;

/// Every category with its totals, by name.
#[utoipa::path(get, path = "/api/categories", tag = "categories",
    responses((status = 200, description = "The categories", body = Vec<Category>)))]
pub(crate) async fn list_categories(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
) -> JsonResult<Vec<Category>> {
    Ok(Json(to_wire(engine.category_list(&context).await?)))
}

/// The 100 items of highest quantity in a category, highest first, ties by id.
///
/// The response has an ETag. A request with it in `If-None-Match` gets 304 while the list is unchanged.
#[utoipa::path(get, path = "/api/items/category/{category}/top", tag = "categories",
    params(("category" = String, Path, description = "The category's name"),
           ("name" = Option<String>, Query, description = "The category's name, instead of that in the path: a path can't have the names `.` and `..`")),
    responses((status = 200, description = "The items; empty if no item has the category", body = TopItems),
              (status = 304, description = "The list is unchanged since the ETag in If-None-Match")))]
pub(crate) async fn top_items(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    CategoryPath(category): CategoryPath,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let list = engine.category_top(&context, &category).await?;
    let list = CachedJsonResponse::new::<_, TopItems>(&list);
    let tag = list.0.tag;
    Ok(tagged(&headers, tag, list))
}

/// Renames a category. If the new name exists, the categories are merged. If it exists in another case or with other white
/// space, the rename is refused with the existing name. A category can be renamed to another spelling of its own name.
///
/// With `dryRun` it changes nothing, and returns the number of items that would change.
///
/// With `If-Match`, only a category with this version is renamed. `version` and the ETag of a rename are those of exactly the
/// items that it has moved. An undo with them never moves items that somebody else has put into the category.
///
/// The request moves the items that the category has at its start, 500 per transaction. After the error `partly_renamed`, some
/// items have the new name, and the version has changed. The same request without `If-Match` moves the other items, also those
/// that were added since. To move no added items, read the present version by a dry run with `If-Match: *`, compare the
/// number of items, and send this version.
#[utoipa::path(post, path = "/api/categories/{category}/rename", tag = "categories",
    params(("category" = String, Path, description = "The category's name"),
           ("name" = Option<String>, Query, description = "The category's name, instead of that in the path: a path can't have the names `.` and `..`"),
           ("If-Match" = Option<String>, Header, description = "The version of the category that is to be renamed")),
    request_body = RenameCategory,
    responses((status = 200, description = "The number of changed items", body = CategoryRenamed,
               headers(("ETag" = String, description = "The `version` of the response; none for a dry run without If-Match")))))]
pub(crate) async fn rename_category(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    CategoryPath(category): CategoryPath,
    IfMatch(condition): IfMatch,
    JsonBody(rename): JsonBody<RenameCategory>,
) -> Result<VersionedResponse<CategoryRenamed>, ApiError> {
    let (from, to) = rename.names(&category)?;
    let renamed = engine.category_rename(&context, from, to, rename.dry_run, condition).await?;
    Ok(json_with_tag(renamed, |renamed| renamed.version))
}
