use crate::{Context, Engine, Result};
use domain::{Error, NewView, SavedView, ViewName, check_view_count, fold_key};

impl Engine {
    /// Returns all saved views, by list and name.
    pub async fn view_list(&self, _context: &Context) -> Result<Vec<SavedView>> {
        Ok(self.store().view_list().await?)
    }

    /// Saves a view. A view of the same name in the list is replaced, if the caller may change it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for too many views, [`Error::Forbidden`].
    pub async fn view_save(&self, context: &Context, view: NewView) -> Result<SavedView> {
        let mut transaction = self.store().begin().await?;
        let views = transaction.views_lock().await?;
        let name = fold_key(view.name.as_str());
        let same = views.iter().find(|other| other.list == view.list && fold_key(&other.name) == name);
        let saved = match same {
            Some(present) => {
                present.check_owner(&context.actor, context.permissions)?;
                transaction.view_update(present, &view.name, &view.query, context.cause()).await?;
                SavedView { name: view.name.as_str().to_owned(), query: view.query, ..present.clone() }
            }
            None => {
                check_view_count(&views, &context.actor)?;
                transaction.view_insert(&view, context.cause()).await?
            }
        };
        transaction.commit().await?;
        Ok(saved)
    }

    /// Renames a view.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an unknown view and for a name that another view of the list has, [`Error::Forbidden`].
    pub async fn view_rename(&self, context: &Context, id: i64, name: ViewName) -> Result<SavedView> {
        let mut transaction = self.store().begin().await?;
        let views = transaction.views_lock().await?;
        let Some(view) = views.iter().find(|view| view.id == id) else {
            return Err(Error::invalid("id", "names no view; it may have been deleted").into());
        };
        view.check_owner(&context.actor, context.permissions)?;
        let folded = fold_key(name.as_str());
        let is_taken =
            |other: &SavedView| other.id != id && other.list == view.list && fold_key(&other.name) == folded;
        if views.iter().any(is_taken) {
            return Err(Error::invalid("name", "is the name of another view of this list").into());
        }
        transaction.view_update(view, &name, &view.query, context.cause()).await?;
        transaction.commit().await?;
        Ok(SavedView { name: name.as_str().to_owned(), ..view.clone() })
    }

    /// Deletes a view. A view that does not exist is deleted already.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn view_delete(&self, context: &Context, id: i64) -> Result<()> {
        let mut transaction = self.store().begin().await?;
        let views = transaction.views_lock().await?;
        let Some(view) = views.iter().find(|view| view.id == id) else { return Ok(()) };
        view.check_owner(&context.actor, context.permissions)?;
        transaction.view_delete(view, context.cause()).await?;
        Ok(transaction.commit().await?)
    }
}
