// Generated from crates/server/tests/openapi.json by `npm run generate` in clients/typescript.

//! A method for each operation.

use super::types::*;
use crate::request::{Request, segment};
use crate::{Error, Rows, Stockhold};
use http::Method;

impl Stockhold {
    /// The activity within a span of time: units sold, held, received and refused; items that run out; waiting orders.
    ///
    /// `GET /api/activity`
    pub async fn get_activity(&self, query: &GetActivityQuery) -> Result<Activity, Error> {
        self.json(Request::new(Method::GET, "/api/activity").query(query)?).await
    }

    /// A page of the audit log, latest first: sign-ins, changes of people, clients, items, warehouses and orders, and extended
    /// blocks. Movements of stock are in the ledger.
    ///
    /// `GET /api/audit`
    pub async fn list_audit(&self, query: &ListAuditQuery) -> Result<Page<AuditEvent>, Error> {
        self.json(Request::new(Method::GET, "/api/audit").query(query)?).await
    }

    /// A page of the audit log, latest first: sign-ins, changes of people, clients, items, warehouses and orders, and extended
    /// blocks. Movements of stock are in the ledger.
    ///
    /// `GET /api/audit`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_audit_rows(&self, query: &ListAuditQuery) -> Result<Rows<AuditEvent>, Error> {
        Ok(Rows::new(self, Request::new(Method::GET, "/api/audit").query(query)?, "after"))
    }

    /// The filtered audit log as a CSV file, latest first.
    ///
    /// `GET /api/audit.csv`
    pub async fn download_audit(&self, query: &DownloadAuditQuery) -> Result<String, Error> {
        self.text(Request::new(Method::GET, "/api/audit.csv").query(query)?).await
    }

    /// A page of an item's movements, latest first, each with the principal, the credential, the address and the request. An
    /// item that was deleted keeps its movements.
    ///
    /// `GET /api/audit/items/{id}/movements`
    pub async fn list_movements(
        &self,
        id: i64,
        query: &ListMovementsQuery,
    ) -> Result<Page<AuditMovement>, Error> {
        self.json(Request::new(Method::GET, format!("/api/audit/items/{}/movements", id)).query(query)?).await
    }

    /// A page of an item's movements, latest first, each with the principal, the credential, the address and the request. An
    /// item that was deleted keeps its movements.
    ///
    /// `GET /api/audit/items/{id}/movements`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_movements_rows(
        &self,
        id: i64,
        query: &ListMovementsQuery,
    ) -> Result<Rows<AuditMovement>, Error> {
        Ok(Rows::new(
            self,
            Request::new(Method::GET, format!("/api/audit/items/{}/movements", id)).query(query)?,
            "after",
        ))
    }

    /// The available, held and on-hand units of items, at one moment.
    ///
    /// `GET /api/availability`
    pub async fn get_availability(&self, query: &GetAvailabilityQuery) -> Result<Availability, Error> {
        self.json(Request::new(Method::GET, "/api/availability").query(query)?).await
    }

    /// The available, held and on-hand units of up to 1,000 items, at one moment.
    ///
    /// `POST /api/availability`
    pub async fn read_availability(&self, body: &ReadAvailability) -> Result<Availability, Error> {
        self.json(Request::new(Method::POST, "/api/availability").json(body)?).await
    }

    /// A page of blocks, by default newest first.
    ///
    /// `GET /api/blocks`
    pub async fn list_blocks(&self, query: &ListBlocksQuery) -> Result<Page<Block>, Error> {
        self.json(Request::new(Method::GET, "/api/blocks").query(query)?).await
    }

    /// A page of blocks, by default newest first.
    ///
    /// `GET /api/blocks`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_blocks_rows(&self, query: &ListBlocksQuery) -> Result<Rows<Block>, Error> {
        Ok(Rows::new(self, Request::new(Method::GET, "/api/blocks").query(query)?, "after"))
    }

    /// Places a cart: a temporary block for each line, or none.
    ///
    /// `POST /api/blocks`
    pub async fn place_cart(&self, body: &PlaceCart) -> Result<CartPlaced, Error> {
        self.json(Request::new(Method::POST, "/api/blocks").keyed().json(body)?).await
    }

    /// The filtered blocks as a CSV file, in the order of `sort`.
    ///
    /// `GET /api/blocks.csv`
    pub async fn download_blocks(&self, query: &DownloadBlocksQuery) -> Result<String, Error> {
        self.text(Request::new(Method::GET, "/api/blocks.csv").query(query)?).await
    }

    /// Confirms, releases or extends several blocks independently: an error of one does not stop the others.
    ///
    /// `POST /api/blocks/bulk`
    pub async fn act_on_blocks(&self, body: &ActOnBlocks) -> Result<Vec<BlockOutcome>, Error> {
        self.json(Request::new(Method::POST, "/api/blocks/bulk").keyed().json(body)?).await
    }

    /// A page of ended blocks, latest first, out of the last 200,000 movements of the ledger.
    ///
    /// `GET /api/blocks/ended`
    pub async fn list_ended_blocks(&self, query: &ListEndedBlocksQuery) -> Result<Page<EndedBlock>, Error> {
        self.json(Request::new(Method::GET, "/api/blocks/ended").query(query)?).await
    }

    /// A page of ended blocks, latest first, out of the last 200,000 movements of the ledger.
    ///
    /// `GET /api/blocks/ended`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_ended_blocks_rows(&self, query: &ListEndedBlocksQuery) -> Result<Rows<EndedBlock>, Error> {
        Ok(Rows::new(self, Request::new(Method::GET, "/api/blocks/ended").query(query)?, "after"))
    }

    /// The ended blocks as a CSV file, latest first, out of the last 200,000 movements of the ledger.
    ///
    /// `GET /api/blocks/ended.csv`
    pub async fn download_ended_blocks(&self, query: &DownloadEndedBlocksQuery) -> Result<String, Error> {
        self.text(Request::new(Method::GET, "/api/blocks/ended.csv").query(query)?).await
    }

    /// A page of temporary blocks that expire soon, soonest first.
    ///
    /// `GET /api/blocks/expiring`
    pub async fn list_expiring_blocks(&self, query: &ListExpiringBlocksQuery) -> Result<Page<Block>, Error> {
        self.json(Request::new(Method::GET, "/api/blocks/expiring").query(query)?).await
    }

    /// A page of temporary blocks that expire soon, soonest first.
    ///
    /// `GET /api/blocks/expiring`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_expiring_blocks_rows(&self, query: &ListExpiringBlocksQuery) -> Result<Rows<Block>, Error> {
        Ok(Rows::new(self, Request::new(Method::GET, "/api/blocks/expiring").query(query)?, "after"))
    }

    /// The temporary blocks that expire soon as a CSV file, soonest first.
    ///
    /// `GET /api/blocks/expiring.csv`
    pub async fn download_expiring_blocks(
        &self,
        query: &DownloadExpiringBlocksQuery,
    ) -> Result<String, Error> {
        self.text(Request::new(Method::GET, "/api/blocks/expiring.csv").query(query)?).await
    }

    /// Releases a temporary block, which returns its units.
    ///
    /// `DELETE /api/blocks/{id}`
    pub async fn release_block(&self, id: i64) -> Result<BlockReleased, Error> {
        self.json(Request::new(Method::DELETE, format!("/api/blocks/{}", id)).keyed()).await
    }

    /// One block.
    ///
    /// `GET /api/blocks/{id}`
    pub async fn get_block(&self, id: i64) -> Result<Block, Error> {
        self.json(Request::new(Method::GET, format!("/api/blocks/{}", id))).await
    }

    /// Extends a temporary block that has not expired.
    ///
    /// `POST /api/blocks/{id}/extend`
    pub async fn extend_block(&self, id: i64, body: &ExtendBlock) -> Result<BlockExtended, Error> {
        self.json(Request::new(Method::POST, format!("/api/blocks/{}/extend", id)).keyed().json(body)?).await
    }

    /// Ships a permanent block: its units leave the shelf, and are not on hand any more. It is for shops that keep their orders
    /// elsewhere. A cart is shipped as a whole.
    ///
    /// `POST /api/blocks/{id}/ship`
    pub async fn ship_block(&self, id: i64) -> Result<BlockShipped, Error> {
        self.json(Request::new(Method::POST, format!("/api/blocks/{}/ship", id)).keyed()).await
    }

    /// A page of the carts with a reference, newest first.
    ///
    /// `GET /api/carts`
    pub async fn list_carts(&self, query: &ListCartsQuery) -> Result<Page<Cart>, Error> {
        self.json(Request::new(Method::GET, "/api/carts").query(query)?).await
    }

    /// A page of the carts with a reference, newest first.
    ///
    /// `GET /api/carts`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_carts_rows(&self, query: &ListCartsQuery) -> Result<Rows<Cart>, Error> {
        Ok(Rows::new(self, Request::new(Method::GET, "/api/carts").query(query)?, "after"))
    }

    /// Releases the temporary blocks of a cart, which returns their units.
    ///
    /// `DELETE /api/carts/{id}`
    pub async fn release_cart(&self, id: i64) -> Result<CartReleased, Error> {
        self.json(Request::new(Method::DELETE, format!("/api/carts/{}", id)).keyed()).await
    }

    /// One cart, also after its end.
    ///
    /// `GET /api/carts/{id}`
    pub async fn get_cart(&self, id: i64) -> Result<Cart, Error> {
        self.json(Request::new(Method::GET, format!("/api/carts/{}", id))).await
    }

    /// Replaces the lines of an active cart, or none of them. Units that the cart holds are available for its new lines. A
    /// refused change leaves the lines and the expiry time as they were.
    ///
    /// `PUT /api/carts/{id}`
    pub async fn change_cart(&self, id: i64, body: &ChangeCart) -> Result<Cart, Error> {
        self.json(Request::new(Method::PUT, format!("/api/carts/{}", id)).keyed().json(body)?).await
    }

    /// Makes all blocks of a cart permanent, or none. It also ends the payment of the cart.
    ///
    /// `POST /api/carts/{id}/confirm`
    pub async fn confirm_cart(&self, id: i64, body: Option<&ConfirmCart>) -> Result<CartConfirmed, Error> {
        self.json(
            Request::new(Method::POST, format!("/api/carts/{}/confirm", id)).keyed().optional_json(body)?,
        )
        .await
    }

    /// Extends all temporary blocks of a cart, or none.
    ///
    /// `POST /api/carts/{id}/extend`
    pub async fn extend_cart(&self, id: i64, body: &ExtendBlock) -> Result<CartExtended, Error> {
        self.json(Request::new(Method::POST, format!("/api/carts/{}/extend", id)).keyed().json(body)?).await
    }

    /// Ends the running payment of a cart. The cart gets the expiry time that it had before the payment. If that has passed, the
    /// answer has the state `expired`.
    ///
    /// `DELETE /api/carts/{id}/payment`
    pub async fn end_payment(&self, id: i64) -> Result<Cart, Error> {
        self.json(Request::new(Method::DELETE, format!("/api/carts/{}/payment", id)).keyed()).await
    }

    /// Keeps an active cart until the end of a payment. Until then the cart can be confirmed, and it can't be changed, extended or
    /// released. A later expiry time is kept.
    ///
    /// `POST /api/carts/{id}/payment`
    pub async fn start_payment(&self, id: i64, body: &StartPayment) -> Result<Cart, Error> {
        self.json(Request::new(Method::POST, format!("/api/carts/{}/payment", id)).keyed().json(body)?).await
    }

    /// Ships all blocks of a confirmed cart: their units leave the shelf, and are not on hand any more. It is for shops that keep
    /// their orders elsewhere.
    ///
    /// `POST /api/carts/{id}/ship`
    pub async fn ship_cart(&self, id: i64) -> Result<CartShipped, Error> {
        self.json(Request::new(Method::POST, format!("/api/carts/{}/ship", id)).keyed()).await
    }

    /// Every category with its totals, by name.
    ///
    /// `GET /api/categories`
    pub async fn list_categories(&self) -> Result<Vec<Category>, Error> {
        self.json(Request::new(Method::GET, "/api/categories")).await
    }

    /// Renames a category. If the new name exists, the categories are merged. If it exists in another case or with other white
    /// space, the rename is refused with the existing name. A category can be renamed to another spelling of its own name.
    ///
    /// `POST /api/categories/{category}/rename`
    pub async fn rename_category(
        &self,
        category: &str,
        query: &RenameCategoryQuery,
        body: &RenameCategory,
    ) -> Result<CategoryRenamed, Error> {
        self.json(
            Request::new(Method::POST, format!("/api/categories/{}/rename", segment(category)))
                .keyed()
                .query(query)?
                .json(body)?,
        )
        .await
    }

    /// A page of the changes of items, categories and warehouses, latest first, each with the principal and the values before
    /// and after it. Movements of stock are in the ledger. Changes are kept as long as the audit log.
    ///
    /// `GET /api/changes`
    pub async fn list_changes(&self, query: &ListChangesQuery) -> Result<Page<Change>, Error> {
        self.json(Request::new(Method::GET, "/api/changes").query(query)?).await
    }

    /// A page of the changes of items, categories and warehouses, latest first, each with the principal and the values before
    /// and after it. Movements of stock are in the ledger. Changes are kept as long as the audit log.
    ///
    /// `GET /api/changes`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_changes_rows(&self, query: &ListChangesQuery) -> Result<Rows<Change>, Error> {
        Ok(Rows::new(self, Request::new(Method::GET, "/api/changes").query(query)?, "after"))
    }

    /// The filtered changes as a CSV file, latest first.
    ///
    /// `GET /api/changes.csv`
    pub async fn download_changes(&self, query: &DownloadChangesQuery) -> Result<String, Error> {
        self.text(Request::new(Method::GET, "/api/changes.csv").query(query)?).await
    }

    /// Every client with its latest tokens, by name.
    ///
    /// `GET /api/clients`
    pub async fn list_clients(&self) -> Result<Vec<Client>, Error> {
        self.json(Request::new(Method::GET, "/api/clients")).await
    }

    /// Creates a client with its first token. No other response has the token's secret.
    ///
    /// `POST /api/clients`
    pub async fn create_client(&self, body: &CreateClient) -> Result<ClientCreated, Error> {
        self.json(Request::new(Method::POST, "/api/clients").once().json(body)?).await
    }

    /// Disables a client for good. Its tokens are rejected within a second on every server.
    ///
    /// `DELETE /api/clients/{name}`
    pub async fn disable_client(&self, name: &str) -> Result<(), Error> {
        self.nothing(Request::new(Method::DELETE, format!("/api/clients/{}", segment(name)))).await
    }

    /// Changes a client. Every server uses the new values within a second; requests that were accepted before are executed with
    /// the old ones.
    ///
    /// `PATCH /api/clients/{name}`
    pub async fn update_client(&self, name: &str, body: &UpdateClient) -> Result<Client, Error> {
        self.json(Request::new(Method::PATCH, format!("/api/clients/{}", segment(name))).once().json(body)?)
            .await
    }

    /// Creates a second token of a client, for a rotation. No other response has the token's secret. The first token stays
    /// valid until it is revoked.
    ///
    /// `POST /api/clients/{name}/tokens`
    pub async fn create_token(&self, name: &str, body: &CreateToken) -> Result<IssuedToken, Error> {
        self.json(
            Request::new(Method::POST, format!("/api/clients/{}/tokens", segment(name))).once().json(body)?,
        )
        .await
    }

    /// Revokes a token. It is rejected within a second on every server.
    ///
    /// `DELETE /api/clients/{name}/tokens/{id}`
    pub async fn revoke_token(&self, name: &str, id: i64) -> Result<(), Error> {
        self.nothing(Request::new(Method::DELETE, format!("/api/clients/{}/tokens/{}", segment(name), id)))
            .await
    }

    /// The movements after a cursor. The movements of each item are in order, and none is skipped.
    ///
    /// `GET /api/events`
    pub async fn list_events(&self, query: &ListEventsQuery) -> Result<EventPage, Error> {
        self.json(Request::new(Method::GET, "/api/events").query(query)?).await
    }

    /// The imports, latest first.
    ///
    /// `GET /api/imports`
    pub async fn list_imports(&self, query: &ListImportsQuery) -> Result<Page<Import>, Error> {
        self.json(Request::new(Method::GET, "/api/imports").query(query)?).await
    }

    /// The imports, latest first.
    ///
    /// `GET /api/imports`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_imports_rows(&self, query: &ListImportsQuery) -> Result<Rows<Import>, Error> {
        Ok(Rows::new(self, Request::new(Method::GET, "/api/imports").query(query)?, "before"))
    }

    /// Uploads a file, and begins its import.
    ///
    /// `POST /api/imports`
    pub async fn create_import(&self, query: &CreateImportQuery, body: Vec<u8>) -> Result<Import, Error> {
        self.json(Request::new(Method::POST, "/api/imports").once().query(query)?.file(body)).await
    }

    /// Cancels an import. Rows that were applied before stay applied.
    ///
    /// `DELETE /api/imports/{id}`
    pub async fn cancel_import(&self, id: i64) -> Result<Import, Error> {
        self.json(Request::new(Method::DELETE, format!("/api/imports/{}", id))).await
    }

    /// An import: its state, progress, layout, effect in words, and the choices that a person has to make.
    ///
    /// `GET /api/imports/{id}`
    pub async fn get_import(&self, id: i64) -> Result<Import, Error> {
        self.json(Request::new(Method::GET, format!("/api/imports/{}", id))).await
    }

    /// Sets the choices of a person, instead of all earlier ones. The file is judged again from its beginning.
    ///
    /// `PATCH /api/imports/{id}`
    pub async fn choose_import(&self, id: i64, body: &ChooseImport) -> Result<Import, Error> {
        self.json(Request::new(Method::PATCH, format!("/api/imports/{}", id)).once().json(body)?).await
    }

    /// Begins to apply the rows without errors, each at most once. A file of stock also needs the permission `stock:write`.
    /// The same request again returns the import.
    ///
    /// `POST /api/imports/{id}/apply`
    pub async fn apply_import(&self, id: i64, body: &ApplyImport) -> Result<Import, Error> {
        self.json(Request::new(Method::POST, format!("/api/imports/{}/apply", id)).once().json(body)?).await
    }

    /// The rows with an error and those that were not applied, as a CSV file: the line, the problem, and the cells. The file can
    /// be corrected and uploaded.
    ///
    /// `GET /api/imports/{id}/errors.csv`
    pub async fn download_import_errors(
        &self,
        id: i64,
        query: &DownloadImportErrorsQuery,
    ) -> Result<String, Error> {
        self.text(Request::new(Method::GET, format!("/api/imports/{}/errors.csv", id)).query(query)?).await
    }

    /// The uploaded file, byte by byte. Its name is that of the upload without directories, control characters and characters
    /// that change the direction of text.
    ///
    /// `GET /api/imports/{id}/file`
    pub async fn download_import(&self, id: i64) -> Result<Vec<u8>, Error> {
        self.bytes(Request::new(Method::GET, format!("/api/imports/{}/file", id))).await
    }

    /// The judged rows of an import, in the order of the file.
    ///
    /// `GET /api/imports/{id}/rows`
    pub async fn list_import_rows(
        &self,
        id: i64,
        query: &ListImportRowsQuery,
    ) -> Result<Page<ImportRow>, Error> {
        self.json(Request::new(Method::GET, format!("/api/imports/{}/rows", id)).query(query)?).await
    }

    /// The judged rows of an import, in the order of the file.
    ///
    /// `GET /api/imports/{id}/rows`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_import_rows_rows(
        &self,
        id: i64,
        query: &ListImportRowsQuery,
    ) -> Result<Rows<ImportRow>, Error> {
        Ok(Rows::new(
            self,
            Request::new(Method::GET, format!("/api/imports/{}/rows", id)).query(query)?,
            "after",
        ))
    }

    /// A page of items.
    ///
    /// `GET /api/items`
    pub async fn list_items(&self, query: &ListItemsQuery) -> Result<Page<Item>, Error> {
        self.json(Request::new(Method::GET, "/api/items").query(query)?).await
    }

    /// A page of items.
    ///
    /// `GET /api/items`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_items_rows(&self, query: &ListItemsQuery) -> Result<Rows<Item>, Error> {
        Ok(Rows::new(self, Request::new(Method::GET, "/api/items").query(query)?, "after"))
    }

    /// Creates an item with its first stock.
    ///
    /// `POST /api/items`
    pub async fn create_item(&self, body: &CreateItem) -> Result<Item, Error> {
        self.json(Request::new(Method::POST, "/api/items").keyed().json(body)?).await
    }

    /// The filtered items as a CSV file, in the order of `sort`. With a warehouse, the quantities are those of the warehouse. A text that a spreadsheet would evaluate as a formula starts with an
    /// apostrophe.
    ///
    /// `GET /api/items.csv`
    pub async fn download_items(&self, query: &DownloadItemsQuery) -> Result<String, Error> {
        self.text(Request::new(Method::GET, "/api/items.csv").query(query)?).await
    }

    /// Makes a temporary block permanent, which sells its units.
    ///
    /// `POST /api/items/block/permanent`
    pub async fn confirm_block(&self, body: &ConfirmBlock) -> Result<BlockConfirmed, Error> {
        self.json(Request::new(Method::POST, "/api/items/block/permanent").keyed().json(body)?).await
    }

    /// Places a temporary block on units of one item in one warehouse.
    ///
    /// `POST /api/items/block/temporary`
    pub async fn place_block(&self, body: &PlaceBlock) -> Result<BlockPlaced, Error> {
        self.json(Request::new(Method::POST, "/api/items/block/temporary").keyed().json(body)?).await
    }

    /// The item that has an SKU, in any case and white space.
    ///
    /// `GET /api/items/by-sku/{sku}`
    pub async fn get_item_by_sku(&self, sku: &str) -> Result<Item, Error> {
        self.json(Request::new(Method::GET, format!("/api/items/by-sku/{}", segment(sku)))).await
    }

    /// Moves units of the item that has an SKU from one warehouse to another.
    ///
    /// `POST /api/items/by-sku/{sku}/move`
    pub async fn move_stock_by_sku(&self, sku: &str, body: &MoveStock) -> Result<StockMoved, Error> {
        self.json(
            Request::new(Method::POST, format!("/api/items/by-sku/{}/move", segment(sku)))
                .keyed()
                .json(body)?,
        )
        .await
    }

    /// Adds units to a stock level of the item that has an SKU, or writes units off.
    ///
    /// `POST /api/items/by-sku/{sku}/stock`
    pub async fn adjust_stock_by_sku(&self, sku: &str, body: &AdjustStock) -> Result<StockAdjusted, Error> {
        self.json(
            Request::new(Method::POST, format!("/api/items/by-sku/{}/stock", segment(sku)))
                .keyed()
                .json(body)?,
        )
        .await
    }

    /// The 100 items of highest quantity in a category, highest first, ties by id.
    ///
    /// `GET /api/items/category/{category}/top`
    pub async fn top_items(&self, category: &str, query: &TopItemsQuery) -> Result<TopItems, Error> {
        self.json(
            Request::new(Method::GET, format!("/api/items/category/{}/top", segment(category)))
                .query(query)?,
        )
        .await
    }

    /// Returns the units of every expired block. The server does this itself about once per second.
    ///
    /// `POST /api/items/cleanup/expired-blocks`
    pub async fn cleanup_expired_blocks(&self) -> Result<ExpiredBlocksRemoved, Error> {
        self.json(Request::new(Method::POST, "/api/items/cleanup/expired-blocks").keyed()).await
    }

    /// One item, archived or not. Its ETag is the version of everything but its quantity and its times.
    ///
    /// `GET /api/items/{id}`
    pub async fn get_item(&self, id: i64) -> Result<Item, Error> {
        self.json(Request::new(Method::GET, format!("/api/items/{}", id))).await
    }

    /// Changes the details of an item. Absent fields stay. Units are changed by `/stock`.
    ///
    /// `PATCH /api/items/{id}`
    pub async fn update_item(&self, id: i64, body: &UpdateItem) -> Result<Item, Error> {
        self.json(Request::new(Method::PATCH, format!("/api/items/{}", id)).keyed().json(body)?).await
    }

    /// Archives an item: it can't be sold, and lists and top lists leave it out. Its stock and history stay.
    ///
    /// `POST /api/items/{id}/archive`
    pub async fn archive_item(&self, id: i64) -> Result<Item, Error> {
        self.json(Request::new(Method::POST, format!("/api/items/{}/archive", id)).keyed()).await
    }

    /// The quantity of an item over time, for a chart.
    ///
    /// `GET /api/items/{id}/history`
    pub async fn item_history(&self, id: i64, query: &ItemHistoryQuery) -> Result<ItemHistory, Error> {
        self.json(Request::new(Method::GET, format!("/api/items/{}/history", id)).query(query)?).await
    }

    /// The units of an item in each warehouse.
    ///
    /// `GET /api/items/{id}/levels`
    pub async fn item_levels(&self, id: i64) -> Result<Vec<StockLevel>, Error> {
        self.json(Request::new(Method::GET, format!("/api/items/{}/levels", id))).await
    }

    /// Moves units of an item from one warehouse to another.
    ///
    /// `POST /api/items/{id}/move`
    pub async fn move_stock(&self, id: i64, body: &MoveStock) -> Result<StockMoved, Error> {
        self.json(Request::new(Method::POST, format!("/api/items/{}/move", id)).keyed().json(body)?).await
    }

    /// The movements of an item, newest first, each with the units before and after it.
    ///
    /// `GET /api/items/{id}/movements`
    pub async fn item_movements(
        &self,
        id: i64,
        query: &ItemMovementsQuery,
    ) -> Result<LedgerPage<Movement>, Error> {
        self.json(Request::new(Method::GET, format!("/api/items/{}/movements", id)).query(query)?).await
    }

    /// The movements of an item, newest first, each with the units before and after it.
    ///
    /// `GET /api/items/{id}/movements`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn item_movements_rows(&self, id: i64, query: &ItemMovementsQuery) -> Result<Rows<Movement>, Error> {
        Ok(Rows::new(
            self,
            Request::new(Method::GET, format!("/api/items/{}/movements", id)).query(query)?,
            "after",
        ))
    }

    /// Restores an archived item: it can be sold again. With `If-Match`, only an item with this ETag is restored.
    ///
    /// `POST /api/items/{id}/restore`
    pub async fn restore_item(&self, id: i64) -> Result<Item, Error> {
        self.json(Request::new(Method::POST, format!("/api/items/{}/restore", id)).keyed()).await
    }

    /// Adds units to a stock level, or writes units off.
    ///
    /// `POST /api/items/{id}/stock`
    pub async fn adjust_stock(&self, id: i64, body: &AdjustStock) -> Result<StockAdjusted, Error> {
        self.json(Request::new(Method::POST, format!("/api/items/{}/stock", id)).keyed().json(body)?).await
    }

    /// The reasons for which an item is sold out or short: its units by state, the largest blocks, the orders that have units, the
    /// last sales, the last receipt, and the waiting orders that miss it.
    ///
    /// `GET /api/items/{id}/unavailability`
    pub async fn get_item_unavailability(&self, id: i64) -> Result<Unavailability, Error> {
        self.json(Request::new(Method::GET, format!("/api/items/{}/unavailability", id))).await
    }

    /// A page of the movements of the ledger, latest first. A page with a filter besides the item may have fewer rows than the limit,
    /// or none, while more pages follow.
    ///
    /// `GET /api/movements`
    pub async fn list_ledger(&self, query: &ListLedgerQuery) -> Result<LedgerPage<NamedMovement>, Error> {
        self.json(Request::new(Method::GET, "/api/movements").query(query)?).await
    }

    /// A page of the movements of the ledger, latest first. A page with a filter besides the item may have fewer rows than the limit,
    /// or none, while more pages follow.
    ///
    /// `GET /api/movements`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_ledger_rows(&self, query: &ListLedgerQuery) -> Result<Rows<NamedMovement>, Error> {
        Ok(Rows::new(self, Request::new(Method::GET, "/api/movements").query(query)?, "after"))
    }

    /// The filtered movements of the ledger as a CSV file, latest first.
    ///
    /// `GET /api/movements.csv`
    pub async fn download_movements(&self, query: &DownloadMovementsQuery) -> Result<String, Error> {
        self.text(Request::new(Method::GET, "/api/movements.csv").query(query)?).await
    }

    /// A page of orders, by default newest first: in the order of their ids; in that of their creation times with `from` or `to` and without
    /// an item and a reference.
    ///
    /// `GET /api/orders`
    pub async fn list_orders(&self, query: &ListOrdersQuery) -> Result<Page<Order>, Error> {
        self.json(Request::new(Method::GET, "/api/orders").query(query)?).await
    }

    /// A page of orders, by default newest first: in the order of their ids; in that of their creation times with `from` or `to` and without
    /// an item and a reference.
    ///
    /// `GET /api/orders`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_orders_rows(&self, query: &ListOrdersQuery) -> Result<Rows<Order>, Error> {
        Ok(Rows::new(self, Request::new(Method::GET, "/api/orders").query(query)?, "after"))
    }

    /// Creates an order.
    ///
    /// `POST /api/orders`
    pub async fn create_order(&self, body: &CreateOrder) -> Result<Order, Error> {
        self.json(Request::new(Method::POST, "/api/orders").keyed().json(body)?).await
    }

    /// The filtered orders as a CSV file, in the order of `sort`, with a row per order line.
    ///
    /// `GET /api/orders.csv`
    pub async fn download_orders(&self, query: &DownloadOrdersQuery) -> Result<String, Error> {
        self.text(Request::new(Method::GET, "/api/orders.csv").query(query)?).await
    }

    /// One order. Its ETag is the version of its lines.
    ///
    /// `GET /api/orders/{id}`
    pub async fn get_order(&self, id: i64) -> Result<Order, Error> {
        self.json(Request::new(Method::GET, format!("/api/orders/{}", id))).await
    }

    /// Allocates an order. In the mode `whole`: every line, from one warehouse, from the warehouses that a policy chooses, or by a
    /// plan; if a line lacks units, nothing is allocated, and the response has the shortages. For a partial order, it allocates the
    /// missing units. In the mode `partial`: the missing units that are available, from one warehouse or from all.
    ///
    /// `POST /api/orders/{id}/allocate`
    pub async fn allocate_order(&self, id: i64, body: &AllocateOrder) -> Result<AllocationAnswer, Error> {
        self.json(Request::new(Method::POST, format!("/api/orders/{}/allocate", id)).keyed().json(body)?)
            .await
    }

    /// Cancels an order, and returns its allocated units. With `lines`, cancels units of these lines: missing ones first, then
    /// allocated ones; the order is cancelled with its last units. Shipped units are not cancelled. The body may be absent.
    ///
    /// `POST /api/orders/{id}/cancel`
    pub async fn cancel_order(&self, id: i64, body: Option<&CancelOrder>) -> Result<CancelAnswer, Error> {
        self.json(
            Request::new(Method::POST, format!("/api/orders/{}/cancel", id)).keyed().optional_json(body)?,
        )
        .await
    }

    /// Replaces all lines of a pending order, or none of them. It takes no stock. An archived item may stay on the order, but it
    /// can't be added.
    ///
    /// `PUT /api/orders/{id}/lines`
    pub async fn change_order_lines(&self, id: i64, body: &ChangeOrderLines) -> Result<Order, Error> {
        self.json(Request::new(Method::PUT, format!("/api/orders/{}/lines", id)).keyed().json(body)?).await
    }

    /// The result of an allocation from each warehouse, and the best plans by policy, without allocating.
    ///
    /// `GET /api/orders/{id}/preview`
    pub async fn preview_order(&self, id: i64, query: &PreviewOrderQuery) -> Result<OrderPreview, Error> {
        self.json(Request::new(Method::GET, format!("/api/orders/{}/preview", id)).query(query)?).await
    }

    /// Puts an order that lacks units into the queue of missing units, or takes it out of it, and sets its priority.
    ///
    /// `PUT /api/orders/{id}/queue`
    pub async fn queue_order(&self, id: i64, body: &QueueOrder) -> Result<Order, Error> {
        self.json(Request::new(Method::PUT, format!("/api/orders/{}/queue", id)).keyed().json(body)?).await
    }

    /// Passes allocated units of an order to another order that misses them, all or nothing. The stock levels stay as they are.
    ///
    /// `POST /api/orders/{id}/reassign`
    pub async fn reassign_units(&self, id: i64, body: &ReassignUnits) -> Result<OrderPartChanged, Error> {
        self.json(Request::new(Method::POST, format!("/api/orders/{}/reassign", id)).keyed().json(body)?)
            .await
    }

    /// Takes back shipped units of an order: as available units, as damaged ones, or into quarantine.
    ///
    /// `POST /api/orders/{id}/return`
    pub async fn return_order(&self, id: i64, body: &ReturnOrder) -> Result<OrderReturned, Error> {
        self.json(Request::new(Method::POST, format!("/api/orders/{}/return", id)).keyed().json(body)?).await
    }

    /// Ships allocated units of an order: they leave the shelf, and are not on hand any more.
    ///
    /// `POST /api/orders/{id}/ship`
    pub async fn ship_order(&self, id: i64, body: Option<&ShipOrder>) -> Result<OrderShipped, Error> {
        self.json(Request::new(Method::POST, format!("/api/orders/{}/ship", id)).keyed().optional_json(body)?)
            .await
    }

    /// Totals of the stock, and recent activity.
    ///
    /// `GET /api/overview`
    pub async fn get_overview(&self) -> Result<Overview, Error> {
        self.json(Request::new(Method::GET, "/api/overview")).await
    }

    /// The requests within a span of time that were refused for a lack of units, by item, most units first.
    ///
    /// `GET /api/refusals`
    pub async fn list_refusals(&self, query: &ListRefusalsQuery) -> Result<Refusals, Error> {
        self.json(Request::new(Method::GET, "/api/refusals").query(query)?).await
    }

    /// Finds items, orders, blocks, carts, categories and warehouses.
    ///
    /// `GET /api/search`
    pub async fn search(&self, query: &SearchQuery) -> Result<SearchResults, Error> {
        self.json(Request::new(Method::GET, "/api/search").query(query)?).await
    }

    /// The stock of all items in each warehouse as a CSV file, by item and warehouse. `count` is the number of units on the
    /// shelf: available and held ones. Units are held until their expired block is reclaimed.
    ///
    /// `GET /api/stock.csv`
    pub async fn download_stock(&self, query: &DownloadStockQuery) -> Result<String, Error> {
        self.text(Request::new(Method::GET, "/api/stock.csv").query(query)?).await
    }

    /// Changes up to 10,000 stock levels: `set` to a count, or `change` by received or written-off units.
    ///
    /// `POST /api/stock/batch`
    pub async fn change_stock(&self, body: &ChangeStock) -> Result<StockChanged, Error> {
        self.json(Request::new(Method::POST, "/api/stock/batch").keyed().json(body)?).await
    }

    /// Changes the condition of units on the shelf: sets available units aside as damaged or in quarantine, makes them available
    /// again, or disposes of them.
    ///
    /// `POST /api/stock/condition`
    pub async fn change_condition(&self, body: &ChangeCondition) -> Result<ConditionChanged, Error> {
        self.json(Request::new(Method::POST, "/api/stock/condition").keyed().json(body)?).await
    }

    /// Every warehouse, by code. Archived ones are left out.
    ///
    /// `GET /api/warehouses`
    pub async fn list_warehouses(&self, query: &ListWarehousesQuery) -> Result<Vec<Warehouse>, Error> {
        self.json(Request::new(Method::GET, "/api/warehouses").query(query)?).await
    }

    /// Adds a warehouse.
    ///
    /// `POST /api/warehouses`
    pub async fn create_warehouse(&self, body: &CreateWarehouse) -> Result<Warehouse, Error> {
        self.json(Request::new(Method::POST, "/api/warehouses").keyed().json(body)?).await
    }

    /// One warehouse, archived or not. Its ETag is the version of everything but its units and the time.
    ///
    /// `GET /api/warehouses/{id}`
    pub async fn get_warehouse(&self, id: i64) -> Result<Warehouse, Error> {
        self.json(Request::new(Method::GET, format!("/api/warehouses/{}", id))).await
    }

    /// Changes the code or the name of a warehouse, or makes it the default one. Absent fields stay.
    ///
    /// `PATCH /api/warehouses/{id}`
    pub async fn update_warehouse(&self, id: i64, body: &UpdateWarehouse) -> Result<Warehouse, Error> {
        self.json(Request::new(Method::PATCH, format!("/api/warehouses/{}", id)).keyed().json(body)?).await
    }

    /// Archives a warehouse: it receives no units, and lists leave it out. Its history stays.
    ///
    /// `POST /api/warehouses/{id}/archive`
    pub async fn archive_warehouse(&self, id: i64) -> Result<Warehouse, Error> {
        self.json(Request::new(Method::POST, format!("/api/warehouses/{}/archive", id)).keyed()).await
    }

    /// Restores an archived warehouse. With `If-Match`, only a warehouse with this ETag is restored.
    ///
    /// `POST /api/warehouses/{id}/restore`
    pub async fn restore_warehouse(&self, id: i64) -> Result<Warehouse, Error> {
        self.json(Request::new(Method::POST, format!("/api/warehouses/{}/restore", id)).keyed()).await
    }

    /// Every webhook endpoint, by id.
    ///
    /// `GET /api/webhooks`
    pub async fn list_webhooks(&self) -> Result<Vec<Webhook>, Error> {
        self.json(Request::new(Method::GET, "/api/webhooks")).await
    }

    /// Creates an endpoint. No other response has its secret.
    ///
    /// `POST /api/webhooks`
    pub async fn create_webhook(&self, body: &CreateWebhook) -> Result<WebhookWithSecret, Error> {
        self.json(Request::new(Method::POST, "/api/webhooks").once().json(body)?).await
    }

    /// Deletes an endpoint with its deliveries and the events that were set aside.
    ///
    /// `DELETE /api/webhooks/{id}`
    pub async fn delete_webhook(&self, id: i64) -> Result<(), Error> {
        self.nothing(Request::new(Method::DELETE, format!("/api/webhooks/{}", id))).await
    }

    /// One endpoint.
    ///
    /// `GET /api/webhooks/{id}`
    pub async fn get_webhook(&self, id: i64) -> Result<Webhook, Error> {
        self.json(Request::new(Method::GET, format!("/api/webhooks/{}", id))).await
    }

    /// Changes an endpoint. Its cursor stays: new filters apply to the events after it.
    ///
    /// `PATCH /api/webhooks/{id}`
    pub async fn update_webhook(&self, id: i64, body: &UpdateWebhook) -> Result<Webhook, Error> {
        self.json(Request::new(Method::PATCH, format!("/api/webhooks/{}", id)).once().json(body)?).await
    }

    /// The latest attempts of an endpoint, latest first: at most 1,000 are stored, and at a high rate not every one.
    ///
    /// `GET /api/webhooks/{id}/deliveries`
    pub async fn list_webhook_deliveries(
        &self,
        id: i64,
        query: &ListWebhookDeliveriesQuery,
    ) -> Result<Page<WebhookDelivery>, Error> {
        self.json(Request::new(Method::GET, format!("/api/webhooks/{}/deliveries", id)).query(query)?).await
    }

    /// The latest attempts of an endpoint, latest first: at most 1,000 are stored, and at a high rate not every one.
    ///
    /// `GET /api/webhooks/{id}/deliveries`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_webhook_deliveries_rows(
        &self,
        id: i64,
        query: &ListWebhookDeliveriesQuery,
    ) -> Result<Rows<WebhookDelivery>, Error> {
        Ok(Rows::new(
            self,
            Request::new(Method::GET, format!("/api/webhooks/{}/deliveries", id)).query(query)?,
            "after",
        ))
    }

    /// Pauses an endpoint. Its cursor stays, so that nothing is lost.
    ///
    /// `POST /api/webhooks/{id}/pause`
    pub async fn pause_webhook(&self, id: i64) -> Result<Webhook, Error> {
        self.json(Request::new(Method::POST, format!("/api/webhooks/{}/pause", id)).once()).await
    }

    /// Moves the cursor of an endpoint, backwards or forwards: the events after it are sent, also those that were delivered before.
    /// Their messages have the same ids again.
    ///
    /// `POST /api/webhooks/{id}/replay`
    pub async fn replay_webhook(&self, id: i64, body: &ReplayWebhook) -> Result<Webhook, Error> {
        self.json(Request::new(Method::POST, format!("/api/webhooks/{}/replay", id)).once().json(body)?).await
    }

    /// Sends to a paused or disabled endpoint again, and to an active one whose events wait for another attempt at once.
    ///
    /// `POST /api/webhooks/{id}/resume`
    pub async fn resume_webhook(&self, id: i64) -> Result<Webhook, Error> {
        self.json(Request::new(Method::POST, format!("/api/webhooks/{}/resume", id)).once()).await
    }

    /// Replaces the secret of an endpoint. Messages have signatures by both secrets until the overlap ends.
    ///
    /// `POST /api/webhooks/{id}/secret`
    pub async fn rotate_webhook_secret(
        &self,
        id: i64,
        body: Option<&RotateWebhookSecret>,
    ) -> Result<WebhookWithSecret, Error> {
        self.json(
            Request::new(Method::POST, format!("/api/webhooks/{}/secret", id)).once().optional_json(body)?,
        )
        .await
    }

    /// Lists the set-aside events of an endpoint, by ascending id. Their last attempt failed.
    ///
    /// `GET /api/webhooks/{id}/set-aside`
    pub async fn list_set_aside_events(
        &self,
        id: i64,
        query: &ListSetAsideEventsQuery,
    ) -> Result<Page<SetAsideEvent>, Error> {
        self.json(Request::new(Method::GET, format!("/api/webhooks/{}/set-aside", id)).query(query)?).await
    }

    /// Lists the set-aside events of an endpoint, by ascending id. Their last attempt failed.
    ///
    /// `GET /api/webhooks/{id}/set-aside`
    ///
    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn list_set_aside_events_rows(
        &self,
        id: i64,
        query: &ListSetAsideEventsQuery,
    ) -> Result<Rows<SetAsideEvent>, Error> {
        Ok(Rows::new(
            self,
            Request::new(Method::GET, format!("/api/webhooks/{}/set-aside", id)).query(query)?,
            "after",
        ))
    }

    /// Sends events that were set aside again: those of the body, or the first 1,000. Repeat the request while `setAsideEvents` is
    /// not 0.
    ///
    /// `POST /api/webhooks/{id}/set-aside/retry`
    pub async fn retry_webhook_events(
        &self,
        id: i64,
        body: Option<&RetryWebhookEvents>,
    ) -> Result<WebhookEventsRetried, Error> {
        self.json(
            Request::new(Method::POST, format!("/api/webhooks/{}/set-aside/retry", id))
                .once()
                .optional_json(body)?,
        )
        .await
    }

    /// Sends a message of the type `webhook.test` now, in any state of the endpoint, and returns the attempt.
    ///
    /// `POST /api/webhooks/{id}/test`
    pub async fn test_webhook(&self, id: i64) -> Result<WebhookDelivery, Error> {
        self.json(Request::new(Method::POST, format!("/api/webhooks/{}/test", id)).once()).await
    }
}
