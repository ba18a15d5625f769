// Generated from crates/server/tests/openapi.json by `npm run generate`.

export interface paths {
    "/api/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The activity within a span of time: units sold, held, received and refused; items that run out; waiting orders.
         * @description Each number of units is the sum of a list: `GET /api/movements` with the `kind` and the span, or `GET /api/refusals`. A
         *     request that returns units of a stock level and takes units of it again, as the change of a cart or a reassignment between
         *     orders does, counts with the difference only.
         *
         *     The items that run out, the low items and the waiting orders are those of now.
         */
        get: operations["get_activity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of the audit log, latest first: sign-ins, changes of people, clients, items, warehouses and orders, and extended
         *     blocks. Movements of stock are in the ledger.
         */
        get: operations["list_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The filtered audit log as a CSV file, latest first. */
        get: operations["download_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/items/{id}/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of an item's movements, latest first, each with the principal, the credential, the address and the request. An
         *     item that was deleted keeps its movements.
         */
        get: operations["list_movements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The available, held and on-hand units of items, at one moment.
         * @description The response has the ledger's cursor of that moment: `/api/events` continues from it. It also has an ETag of the
         *     items with their SKUs and units, and of the codes of warehouses if these are requested; `cursor` and `lagSeconds` are not
         *     part of it. A request with the ETag in `If-None-Match` gets 304 if all of these were the same at one moment during the
         *     request. Movements in between may have cancelled each other. A 304 has no cursor: events after the cursor of the tagged
         *     response still continue from its units, if its `lagSeconds` was 0.
         */
        get: operations["get_availability"];
        put?: never;
        /** The available, held and on-hand units of up to 1,000 items, at one moment. */
        post: operations["read_availability"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of blocks, by default newest first. */
        get: operations["list_blocks"];
        put?: never;
        /** Places a cart: a temporary block for each line, or none. */
        post: operations["place_cart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The filtered blocks as a CSV file, in the order of `sort`. */
        get: operations["download_blocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirms, releases or extends several blocks independently: an error of one does not stop the others. */
        post: operations["act_on_blocks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks/ended": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of ended blocks, latest first, out of the last 200,000 movements of the ledger. */
        get: operations["list_ended_blocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks/ended.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ended blocks as a CSV file, latest first, out of the last 200,000 movements of the ledger. */
        get: operations["download_ended_blocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks/expiring": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of temporary blocks that expire soon, soonest first. */
        get: operations["list_expiring_blocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks/expiring.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The temporary blocks that expire soon as a CSV file, soonest first. */
        get: operations["download_expiring_blocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One block. */
        get: operations["get_block"];
        put?: never;
        post?: never;
        /** Releases a temporary block, which returns its units. */
        delete: operations["release_block"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks/{id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Extends a temporary block that has not expired. */
        post: operations["extend_block"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks/{id}/ship": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ships a permanent block: its units leave the shelf, and are not on hand any more. It is for shops that keep their orders
         *     elsewhere. A cart is shipped as a whole.
         */
        post: operations["ship_block"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/carts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of the carts with a reference, newest first. */
        get: operations["list_carts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/carts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One cart, also after its end.
         * @description The response has an ETag. A request with it in `If-None-Match` gets 304 while the cart is unchanged.
         */
        get: operations["get_cart"];
        /**
         * Replaces the lines of an active cart, or none of them. Units that the cart holds are available for its new lines. A
         *     refused change leaves the lines and the expiry time as they were.
         */
        put: operations["change_cart"];
        post?: never;
        /** Releases the temporary blocks of a cart, which returns their units. */
        delete: operations["release_cart"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/carts/{id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes all blocks of a cart permanent, or none. It also ends the payment of the cart.
         * @description With `late: retake`, an expired cart takes its units again from the same stock levels, or none. The answer to that has
         *     `retaken: true`. A problem `cart_expired` with `shortages` lists the items that lack units.
         */
        post: operations["confirm_cart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/carts/{id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Extends all temporary blocks of a cart, or none. */
        post: operations["extend_cart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/carts/{id}/payment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keeps an active cart until the end of a payment. Until then the cart can be confirmed, and it can't be changed, extended or
         *     released. A later expiry time is kept.
         */
        post: operations["start_payment"];
        /**
         * Ends the running payment of a cart. The cart gets the expiry time that it had before the payment. If that has passed, the
         *     answer has the state `expired`.
         */
        delete: operations["end_payment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/carts/{id}/ship": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ships all blocks of a confirmed cart: their units leave the shelf, and are not on hand any more. It is for shops that keep
         *     their orders elsewhere.
         */
        post: operations["ship_cart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every category with its totals, by name. */
        get: operations["list_categories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/categories/{category}/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Renames a category. If the new name exists, the categories are merged. If it exists in another case or with other white
         *     space, the rename is refused with the existing name. A category can be renamed to another spelling of its own name.
         * @description With `dryRun` it changes nothing, and returns the number of items that would change.
         *
         *     With `If-Match`, only a category with this version is renamed. `version` and the ETag of a rename are those of exactly the
         *     items that it has moved. An undo with them never moves items that somebody else has put into the category.
         *
         *     The request moves the items that the category has at its start, 500 per transaction. After the error `partly_renamed`, some
         *     items have the new name, and the version has changed. The same request without `If-Match` moves the other items, also those
         *     that were added since. To move no added items, read the present version by a dry run with `If-Match: *`, compare the
         *     number of items, and send this version.
         */
        post: operations["rename_category"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of the changes of items, categories and warehouses, latest first, each with the principal and the values before
         *     and after it. Movements of stock are in the ledger. Changes are kept as long as the audit log.
         */
        get: operations["list_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/changes.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The filtered changes as a CSV file, latest first. */
        get: operations["download_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every client with its latest tokens, by name. */
        get: operations["list_clients"];
        put?: never;
        /** Creates a client with its first token. No other response has the token's secret. */
        post: operations["create_client"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Disables a client for good. Its tokens are rejected within a second on every server. */
        delete: operations["disable_client"];
        options?: never;
        head?: never;
        /**
         * Changes a client. Every server uses the new values within a second; requests that were accepted before are executed with
         *     the old ones.
         */
        patch: operations["update_client"];
        trace?: never;
    };
    "/api/clients/{name}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Creates a second token of a client, for a rotation. No other response has the token's secret. The first token stays
         *     valid until it is revoked.
         */
        post: operations["create_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{name}/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes a token. It is rejected within a second on every server. */
        delete: operations["revoke_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The movements after a cursor. The movements of each item are in order, and none is skipped.
         * @description A cursor is valid while the database has the history that was read. The response is 410 `cursor_unknown` after a restore
         *     or a failover that lost it, in another database, and for a bare number other than 0. Then read the current state
         *     (`GET /api/items`, `/api/blocks`, `/api/orders`), and continue from the current cursor. The response is 410
         *     `cursor_archived` if movements after the cursor are archived: `cursor` is the oldest one that can be read from.
         */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The imports, latest first. */
        get: operations["list_imports"];
        put?: never;
        /**
         * Uploads a file, and begins its import.
         * @description The file is the whole body, or the first file of a form in `multipart/form-data`. Fields of the form before the file set the
         *     parameters of the same names. The file is stored while it arrives: it may take any time as long as bytes arrive. A server reads and judges it afterwards; see
         *     `GET /api/imports/{id}`. Nothing is changed until the import is applied.
         */
        post: operations["create_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An import: its state, progress, layout, effect in words, and the choices that a person has to make. */
        get: operations["get_import"];
        put?: never;
        post?: never;
        /** Cancels an import. Rows that were applied before stay applied. */
        delete: operations["cancel_import"];
        options?: never;
        head?: never;
        /** Sets the choices of a person, instead of all earlier ones. The file is judged again from its beginning. */
        patch: operations["choose_import"];
        trace?: never;
    };
    "/api/imports/{id}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begins to apply the rows without errors, each at most once. A file of stock also needs the permission `stock:write`.
         *     The same request again returns the import.
         */
        post: operations["apply_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{id}/errors.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rows with an error and those that were not applied, as a CSV file: the line, the problem, and the cells. The file can
         *     be corrected and uploaded.
         */
        get: operations["download_import_errors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The uploaded file, byte by byte. Its name is that of the upload without directories, control characters and characters
         *     that change the direction of text.
         */
        get: operations["download_import"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{id}/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The judged rows of an import, in the order of the file. */
        get: operations["list_import_rows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of items. */
        get: operations["list_items"];
        put?: never;
        /** Creates an item with its first stock. */
        post: operations["create_item"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The filtered items as a CSV file, in the order of `sort`. With a warehouse, the quantities are those of the warehouse. A text that a spreadsheet would evaluate as a formula starts with an
         *     apostrophe.
         */
        get: operations["download_items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/block/permanent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a temporary block permanent, which sells its units. */
        post: operations["confirm_block"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/block/temporary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Places a temporary block on units of one item in one warehouse. */
        post: operations["place_block"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/by-sku/{sku}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The item that has an SKU, in any case and white space. */
        get: operations["get_item_by_sku"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/by-sku/{sku}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Moves units of the item that has an SKU from one warehouse to another. */
        post: operations["move_stock_by_sku"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/by-sku/{sku}/stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Adds units to a stock level of the item that has an SKU, or writes units off. */
        post: operations["adjust_stock_by_sku"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/category/{category}/top": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The 100 items of highest quantity in a category, highest first, ties by id.
         * @description The response has an ETag. A request with it in `If-None-Match` gets 304 while the list is unchanged.
         */
        get: operations["top_items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/cleanup/expired-blocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Returns the units of every expired block. The server does this itself about once per second. */
        post: operations["cleanup_expired_blocks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One item, archived or not. Its ETag is the version of everything but its quantity and its times. */
        get: operations["get_item"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Changes the details of an item. Absent fields stay. Units are changed by `/stock`.
         * @description With `If-Match`, only an item with this ETag is changed.
         */
        patch: operations["update_item"];
        trace?: never;
    };
    "/api/items/{id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Archives an item: it can't be sold, and lists and top lists leave it out. Its stock and history stay.
         * @description An item with units in temporary blocks can't be archived. An archived item stays as it is. With `If-Match`, only an item
         *     with this ETag is archived.
         */
        post: operations["archive_item"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The quantity of an item over time, for a chart. */
        get: operations["item_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/{id}/levels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The units of an item in each warehouse. */
        get: operations["item_levels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/{id}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Moves units of an item from one warehouse to another. */
        post: operations["move_stock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/{id}/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The movements of an item, newest first, each with the units before and after it. */
        get: operations["item_movements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Restores an archived item: it can be sold again. With `If-Match`, only an item with this ETag is restored. */
        post: operations["restore_item"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/{id}/stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Adds units to a stock level, or writes units off. */
        post: operations["adjust_stock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/{id}/unavailability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The reasons for which an item is sold out or short: its units by state, the largest blocks, the orders that have units, the
         *     last sales, the last receipt, and the waiting orders that miss it.
         */
        get: operations["get_item_unavailability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of the movements of the ledger, latest first. A page with a filter besides the item may have fewer rows than the limit,
         *     or none, while more pages follow.
         */
        get: operations["list_ledger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/movements.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The filtered movements of the ledger as a CSV file, latest first. */
        get: operations["download_movements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of orders, by default newest first: in the order of their ids; in that of their creation times with `from` or `to` and without
         *     an item and a reference.
         * @description An order has to match all filters. A page with several filters reads at most 10,000 orders, so it may have fewer rows than
         *     `limit`, even none: `next` is null only after the last page.
         */
        get: operations["list_orders"];
        put?: never;
        /**
         * Creates an order.
         * @description With `lines` it takes no stock. With `cartId` or `blockIds` the units that these hold become the order's: it is allocated
         *     from the warehouses where they are held, and no unit is taken twice. The cart or the blocks have ended then.
         */
        post: operations["create_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The filtered orders as a CSV file, in the order of `sort`, with a row per order line. */
        get: operations["download_orders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One order. Its ETag is the version of its lines. */
        get: operations["get_order"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/allocate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Allocates an order. In the mode `whole`: every line, from one warehouse, from the warehouses that a policy chooses, or by a
         *     plan; if a line lacks units, nothing is allocated, and the response has the shortages. For a partial order, it allocates the
         *     missing units. In the mode `partial`: the missing units that are available, from one warehouse or from all.
         * @description A policy chooses among the warehouses that the caller may change. The plan is the best one on the stock at the moment of
         *     the allocation; among equal plans, that with the lowest warehouse ids.
         */
        post: operations["allocate_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancels an order, and returns its allocated units. With `lines`, cancels units of these lines: missing ones first, then
         *     allocated ones; the order is cancelled with its last units. Shipped units are not cancelled. The body may be absent.
         */
        post: operations["cancel_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Replaces all lines of a pending order, or none of them. It takes no stock. An archived item may stay on the order, but it
         *     can't be added.
         * @description With `If-Match`, only an order with this ETag is changed.
         */
        put: operations["change_order_lines"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The result of an allocation from each warehouse, and the best plans by policy, without allocating.
         * @description Units of expired blocks count as available, as in an allocation. The lines of a partial order have its missing units.
         */
        get: operations["preview_order"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Puts an order that lacks units into the queue of missing units, or takes it out of it, and sets its priority.
         * @description The order keeps its allocated units. The queue is served by priority, then by age, within a second.
         */
        put: operations["queue_order"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/reassign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Passes allocated units of an order to another order that misses them, all or nothing. The stock levels stay as they are. */
        post: operations["reassign_units"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/return": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes back shipped units of an order: as available units, as damaged ones, or into quarantine.
         * @description The units come back to the warehouse that shipped them. At most the units that were shipped and not returned come back.
         */
        post: operations["return_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/ship": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ships allocated units of an order: they leave the shelf, and are not on hand any more.
         * @description Without `lines`, all allocated units are shipped, or all of those in the warehouse. The order is `shipped` when none of its
         *     units is missing or left to ship.
         */
        post: operations["ship_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Totals of the stock, and recent activity.
         * @description Failures are those of this server since its start. All other values cover the whole database.
         */
        get: operations["get_overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refusals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The requests within a span of time that were refused for a lack of units, by item, most units first.
         * @description Servers count them in memory and store the counts every few seconds; the last ones are lost if a server is killed. Counts are
         *     kept for 100 days.
         */
        get: operations["list_refusals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Finds items, orders, blocks, carts, categories and warehouses.
         * @description Items are found by id, barcode, SKU, the beginning of an SKU of at least three characters, and the words of their names.
         *     Orders are found by id, by reference, and by its beginning; blocks by id, carts by id, and both by reference, of blocks the
         *     active ones. Categories and warehouses are found by words of their names and codes. Words of fewer than three letters or
         *     digits are not searched in the names of items on their own.
         */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stock.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The stock of all items in each warehouse as a CSV file, by item and warehouse. `count` is the number of units on the
         *     shelf: available and held ones. Units are held until their expired block is reclaimed.
         */
        get: operations["download_stock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stock/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes up to 10,000 stock levels: `set` to a count, or `change` by received or written-off units.
         * @description A count is decided on the level as it is when the line is written. With `expected` it is a compare-and-set. By default a
         *     count is of the units on the shelf: held, committed, damaged ones and those in quarantine are among them and stay so. A count
         *     below these is refused. A level that already has the counted units gets no movement.
         *
         *     An `atomic` request is applied as a whole or refused as a whole, with 409 `document_refused` and the refused `lines`. Any
         *     other request is applied in steps, in the order of items, and has a result for each line. With an `Idempotency-Key`, a
         *     repeated request applies each line once, also after a failure between two steps.
         */
        post: operations["change_stock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stock/condition": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes the condition of units on the shelf: sets available units aside as damaged or in quarantine, makes them available
         *     again, or disposes of them.
         * @description Units that are damaged or in quarantine are on hand and can't be sold. Disposing of units is a write-off: they are not on
         *     hand any more.
         */
        post: operations["change_condition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/warehouses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every warehouse, by code. Archived ones are left out. */
        get: operations["list_warehouses"];
        put?: never;
        /** Adds a warehouse. */
        post: operations["create_warehouse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/warehouses/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One warehouse, archived or not. Its ETag is the version of everything but its units and the time. */
        get: operations["get_warehouse"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Changes the code or the name of a warehouse, or makes it the default one. Absent fields stay.
         * @description With `If-Match`, only a warehouse with this ETag is changed.
         */
        patch: operations["update_warehouse"];
        trace?: never;
    };
    "/api/warehouses/{id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Archives a warehouse: it receives no units, and lists leave it out. Its history stays.
         * @description The default warehouse, and one with units that are available or in temporary blocks, can't be archived. An archived
         *     warehouse stays as it is. With `If-Match`, only a warehouse with this ETag is archived.
         */
        post: operations["archive_warehouse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/warehouses/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Restores an archived warehouse. With `If-Match`, only a warehouse with this ETag is restored. */
        post: operations["restore_warehouse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every webhook endpoint, by id. */
        get: operations["list_webhooks"];
        put?: never;
        /**
         * Creates an endpoint. No other response has its secret.
         * @description Each event of the feed that the filters include is one message by Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`
         *     and `webhook-signature`, with the body `{type, timestamp, data}`. `type` is `movement.` with the reason of a movement, or the
         *     kind of a signal; `data` is the JSON of `GET /api/events`. The messages of one item are sent in order, and each at least
         *     once: a repeated message has the same `webhook-id`. An answer other than 2xx is a failure, also a redirect, and the message is
         *     sent again by the schedule; 410 disables the endpoint.
         */
        post: operations["create_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One endpoint. */
        get: operations["get_webhook"];
        put?: never;
        post?: never;
        /** Deletes an endpoint with its deliveries and the events that were set aside. */
        delete: operations["delete_webhook"];
        options?: never;
        head?: never;
        /** Changes an endpoint. Its cursor stays: new filters apply to the events after it. */
        patch: operations["update_webhook"];
        trace?: never;
    };
    "/api/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest attempts of an endpoint, latest first: at most 1,000 are stored, and at a high rate not every one. */
        get: operations["list_webhook_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pauses an endpoint. Its cursor stays, so that nothing is lost. */
        post: operations["pause_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Moves the cursor of an endpoint, backwards or forwards: the events after it are sent, also those that were delivered before.
         *     Their messages have the same ids again.
         */
        post: operations["replay_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends to a paused or disabled endpoint again, and to an active one whose events wait for another attempt at once. */
        post: operations["resume_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replaces the secret of an endpoint. Messages have signatures by both secrets until the overlap ends. */
        post: operations["rotate_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/set-aside": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the set-aside events of an endpoint, by ascending id. Their last attempt failed. */
        get: operations["list_set_aside_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/set-aside/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends events that were set aside again: those of the body, or the first 1,000. Repeat the request while `setAsideEvents` is
         *     not 0.
         */
        post: operations["retry_webhook_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a message of the type `webhook.test` now, in any state of the endpoint, and returns the attempt. */
        post: operations["test_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A bulk request: one action on several blocks. Each block succeeds or fails independently. */
        ActOnBlocks: {
            action: components["schemas"]["BlockAction"];
            /** @description 1 to 500 block ids without duplicates. */
            blockIds: number[];
            /**
             * Format: int64
             * @description Only for `extend`: 1 to 2,592,000 seconds (30 days). Default: 3,600.
             */
            ttlSeconds?: number | null;
        };
        /** @description The activity within a span of time, and the work that waits. */
        Activity: {
            /** @description At most 10 principals with the most events of the audit log in the span. Empty without the permission `admin`. */
            actors: components["schemas"]["ActorEvents"][];
            /**
             * Format: date-time
             * @description The start of the span, which is included.
             */
            from: string;
            /**
             * Format: date-time
             * @description The time up to which movements are archived, if it is after `from`; null otherwise. Earlier units do not count.
             */
            historySince?: string | null;
            /**
             * Format: int64
             * @description Items with at most as many available units as their threshold, in all warehouses. `GET /api/items?low=true` lists them.
             */
            itemsLow: number;
            /**
             * Format: int64
             * @description Items without an available unit, in all warehouses. `GET /api/items?maxQuantity=0` lists them.
             */
            itemsSoldOut: number;
            /** @description At most 10 principals with the most units of movements in the span. `GET /api/movements` with `actor` lists these. */
            movers: components["schemas"]["ActorMovements"][];
            /**
             * Format: int64
             * @description The number of waiting orders; at most 1,000 are counted.
             */
            ordersWaiting: number;
            /** @description The last 5 receipts of the span, latest first. `GET /api/movements?kind=received` has more. */
            receipts: components["schemas"]["MovedUnits"][];
            reconcile?: components["schemas"]["ReconcileRun"] | null;
            /** @description At most 10 items with refused units, most units first. `GET /api/refusals` has more. */
            refusedItems: components["schemas"]["RefusedItem"][];
            /**
             * Format: int64
             * @description Requests for blocks, carts and allocations that were refused for a lack of units, in the hours from that of `from`. A
             *     cart counts once per item that it lacks. Null with a warehouse. The counts are up to some seconds old.
             */
            refusedRequests?: number | null;
            /**
             * Format: int64
             * @description The requested units that were not in stock. Null with a warehouse.
             */
            refusedUnits?: number | null;
            /**
             * @description At most 10 items with available units that run out first at the pace of the last 7 days. Without a warehouse they are up
             *     to a minute old.
             */
            runningOut: components["schemas"]["RunningOut"][];
            /** @description The hours in which units were sold, by ascending time. */
            sold: components["schemas"]["SoldHour"][];
            /**
             * Format: int64
             * @description Units of temporary blocks that expired.
             */
            unitsExpired: number;
            /**
             * Format: int64
             * @description Units of new temporary blocks.
             */
            unitsHeld: number;
            /**
             * Format: int64
             * @description Units that were received.
             */
            unitsReceived: number;
            /**
             * Format: int64
             * @description Units of temporary blocks that were released.
             */
            unitsReleased: number;
            /**
             * Format: int64
             * @description Units of orders that came back.
             */
            unitsReturned: number;
            /**
             * Format: int64
             * @description Units that were confirmed, allocated to orders, or converted from a temporary block into an order.
             */
            unitsSold: number;
            /**
             * Format: int64
             * @description Units that were written off, and unsellable units that were thrown away.
             */
            unitsWrittenOff: number;
            /**
             * Format: date-time
             * @description The end of the span, which is not included.
             */
            until: string;
            /** @description The first 10 waiting orders, in the order of the queue. */
            waiting: components["schemas"]["WaitingOrder"][];
        };
        /** @description The activity within one minute. */
        ActivityMinute: {
            /**
             * Format: int64
             * @description Orders that were allocated.
             */
            allocations: number;
            /**
             * Format: int64
             * @description Blocks that were placed.
             */
            blocks: number;
            /**
             * Format: int64
             * @description Blocks that were made permanent.
             */
            confirmed: number;
            /**
             * Format: int64
             * @description Blocks that expired.
             */
            expired: number;
            /**
             * Format: date-time
             * @description The start of the minute.
             */
            minute: string;
            /**
             * Format: int64
             * @description Blocks that were released, completely or partially.
             */
            released: number;
            /**
             * Format: int64
             * @description Units in them.
             */
            unitsBlocked: number;
        };
        /** @description The number of events of the audit log by one principal. */
        ActorEvents: {
            /** @description The principal, such as `person:anna`. */
            actor: string;
            /** Format: int64 */
            events: number;
            /**
             * Format: date-time
             * @description The time of the last event.
             */
            lastAt: string;
        };
        /** @description The movements by one principal. */
        ActorMovements: {
            /** @description The principal, such as `person:anna`. */
            actor: string;
            /**
             * Format: int64
             * @description The number of its movements of all kinds.
             */
            movements: number;
            /**
             * Format: int64
             * @description The units of these movements.
             */
            units: number;
        };
        /** @description A request to receive units into a stock level, or to write off units from it. */
        AdjustStock: {
            /**
             * Format: int64
             * @description Units to add: positive for received units, negative for units written off; not 0.
             */
            delta: number;
            /** @description The reason: 1 to 200 characters. The ledger stores it. */
            reason: string;
            /** @description The warehouse's code, instead of `warehouseId`. */
            warehouseCode?: string;
            /**
             * Format: int64
             * @description Default: the default warehouse.
             */
            warehouseId?: number | string;
        };
        /**
         * @description A request to allocate an order. The mode `whole` needs exactly one of `warehouseId`, `warehouseCode`, `policy` and `plan`.
         *     The mode `partial` has at most one of `warehouseId` and `warehouseCode`: without one, it takes units of all warehouses, for
         *     each item from the one with the most units first.
         */
        AllocateOrder: {
            /**
             * Format: int64
             * @description With `policy`: the maximum number of warehouses, 1 to 100. Default: no limit.
             */
            maxParcels?: number;
            /** @description Default: `whole`. */
            mode?: components["schemas"]["AllocationMode"];
            /** @description With `policy`: the destination. Required for `nearest`; `fewest_parcels` prefers near warehouses of equal priority. */
            near?: components["schemas"]["Position"];
            /** @description 1 to 100 parcels, which together have exactly the units of the order, or those that a partial order misses. Parcels of the same warehouse are added up. */
            plan?: components["schemas"]["PlannedParcel"][];
            /** @description Chooses the warehouses. */
            policy?: components["schemas"]["SourcingPolicy"];
            /**
             * Format: int64
             * @description The priority in the queue, higher first: -1,000,000 to 1,000,000; default: the present one. Only with `wait`.
             */
            priority?: number | null;
            /** @description With `policy`: whether the units of one item may come from several warehouses. Default: true. */
            splitLines?: boolean;
            /**
             * @description Whether the units that are still missing wait and are allocated when they are available; default false. Only in the
             *     mode `partial`.
             */
            wait?: boolean;
            /** @description The warehouse's code, instead of `warehouseId`. */
            warehouseCode?: string;
            /**
             * Format: int64
             * @description The warehouse of all units.
             */
            warehouseId?: number | string;
        };
        /** @description An order with allocated units of an item that are not shipped. */
        AllocatedOrder: {
            /** Format: int64 */
            orderId: number;
            /** @description The order's reference; null without one. */
            reference?: string | null;
            /**
             * Format: int64
             * @description Units of the item.
             */
            units: number;
        };
        /** @description The units of an order from one warehouse. */
        AllocatedUnits: {
            /**
             * Format: int32
             * @description Units that were taken from stock and are on the shelf.
             */
            allocated: number;
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int32
             * @description The part of the shipped units that came back.
             */
            returned: number;
            /**
             * Format: int32
             * @description Units that have left the shelf.
             */
            shipped: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /** @description The result of an allocation: of the whole order, or of a part. */
        AllocationAnswer: components["schemas"]["OrderFilled"] | components["schemas"]["OrderAllocation"];
        /**
         * @description How much of an order an allocation takes.
         * @enum {string}
         */
        AllocationMode: "whole" | "partial";
        /** @description The revision of an import to apply. */
        ApplyImport: {
            /**
             * Format: int32
             * @description The `revision` of the judgement that the caller has seen.
             */
            revision: number;
        };
        /** @description An event of the audit log. */
        AuditEvent: {
            /** @description The principal that caused the event, such as `person:anna`, `client:webshop` or `local`. */
            actor: string;
            /** @description The address of the connection. Null on the command line. */
            address?: string | null;
            /** @description The values after the event. */
            after?: unknown;
            /** @description The values before the event. */
            before?: unknown;
            /** Format: date-time */
            createdAt: string;
            /** @description The token or session, such as `token:5`. Null on the command line and for local access. */
            credential?: string | null;
            /** Format: int64 */
            id: number;
            /** @description Such as `token.created` or `item.changed`. */
            kind: string;
            requestId?: string | null;
            /** @description The principal or object that the event is about, such as `client:webshop`, `item:7` or `order:5`. */
            subject: string;
        };
        /** @description A movement of the ledger with its origin. */
        AuditMovement: {
            /** @description The principal that made the change. */
            actor: string;
            /** @description The client's address. Null for commands and the system. */
            address?: string | null;
            /** Format: int64 */
            blockId?: number | null;
            /**
             * Format: int32
             * @description Units added; negative for units taken.
             */
            change: number;
            /** @description damaged or quarantine: the condition that the units enter, or leave when they are restored or disposed of. */
            condition?: string | null;
            /** Format: date-time */
            createdAt: string;
            /** @description The token or session, such as `token:5`. Null for local access, commands and the system. */
            credential?: string | null;
            /** Format: int64 */
            id: number;
            note?: string | null;
            /** Format: int64 */
            orderId?: number | null;
            reason: string;
            requestId?: string | null;
            /**
             * Format: int32
             * @description The units that it concerns, if they are not those of `change`.
             */
            units?: number | null;
            /** Format: int64 */
            warehouseId: number;
        };
        /** @description The units of several items at one moment. */
        Availability: {
            /**
             * @description The position in the ledger, for the parameter `after` of `/api/events`: the units are those after exactly the
             *     movements up to it, while `lagSeconds` is 0.
             */
            cursor: string;
            /** @description The items that exist, in the order of the request: those of ids, then those of SKUs. */
            items: components["schemas"]["ItemAvailability"][];
            /**
             * Format: int64
             * @description Usually 0. Above 0, an open transaction of another application holds the cursor back, and the units include later
             *     movements: the age of the oldest one, in seconds.
             */
            lagSeconds: number;
            /** @description The requested ids without an item. */
            unknownItemIds: number[];
            /** @description The requested SKUs without an item. */
            unknownSkus: string[];
        };
        /** @description Units of a stock level that are reserved or sold. */
        Block: {
            /**
             * Format: int64
             * @description The block's cart; null for a block of no cart, and for a released, an expired or a converted block.
             */
            cartId?: number | null;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description Null for a permanent or a released block.
             */
            expiresAt?: string | null;
            /** Format: int64 */
            id: number;
            isPermanent: boolean;
            /** @description Whether its units have left the shelf. Only those of a permanent block can. */
            isShipped?: boolean;
            /** Format: int64 */
            itemId: number;
            itemName: string;
            /** @description The note about the block or its cart; null without one, and for a released, an expired or a converted block. */
            note?: string | null;
            /**
             * Format: int32
             * @description Units.
             */
            quantity: number;
            /** @description The shop's name for the buyer; null without one, and for a released, an expired or a converted block. */
            reference?: string | null;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            state: components["schemas"]["BlockState"];
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /**
         * @description An action on several blocks.
         * @enum {string}
         */
        BlockAction: "confirm" | "release" | "extend";
        /** @description The response to a confirmed block. */
        BlockConfirmed: {
            /** Format: int64 */
            blockId: number;
            /** Format: int64 */
            itemId: number;
            message: string;
            /** Format: int32 */
            quantity: number;
            /**
             * Format: int64
             * @description The new block of the remaining units; null if none stay held.
             */
            restBlockId?: number | null;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
        };
        /**
         * @description How a block ended.
         * @enum {string}
         */
        BlockEnd: "confirmed" | "released" | "expired";
        /** @description The response to an extended block. */
        BlockExtended: {
            /** Format: int64 */
            blockId: number;
            /** Format: date-time */
            expiresAt: string;
            /** Format: int64 */
            itemId: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
        };
        /** @description The result for one block of a bulk request. */
        BlockOutcome: {
            /** Format: int64 */
            blockId: number;
            /**
             * Format: date-time
             * @description The new expiry time of an extended block.
             */
            expiresAt?: string | null;
            problem?: components["schemas"]["Problem"] | null;
        };
        /** @description The response to a placed block. */
        BlockPlaced: {
            /** Format: int64 */
            blockId: number;
            /** Format: date-time */
            expiresAt: string;
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int32
             * @description Units of the block.
             */
            quantityBlocked: number;
            /**
             * Format: int32
             * @description Units of the item that are still available, over all warehouses.
             */
            remainingQuantity: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /** @description The warehouse's code. */
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /** @description The response to a released block. */
        BlockReleased: {
            /** Format: int64 */
            blockId: number;
            /** Format: int64 */
            itemId: number;
            message: string;
            /**
             * Format: int32
             * @description Units that returned to stock.
             */
            quantity: number;
            /**
             * Format: int32
             * @description Units of the item that are available now, over all warehouses.
             */
            remainingQuantity: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /** @description The warehouse's code. */
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /** @description A permanent block that was shipped. */
        BlockShipped: {
            /** Format: int64 */
            blockId: number;
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int32
             * @description Units that left the shelf.
             */
            quantity: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /**
         * @description The order of a list of blocks.
         * @enum {string}
         */
        BlockSort: "idDesc" | "id" | "expires" | "expiresDesc" | "reference" | "referenceDesc";
        /**
         * @description The state of a block.
         * @enum {string}
         */
        BlockState: "temporary" | "permanent" | "expired" | "released" | "converted";
        /** @description The response to a cancellation: of an order, or of units of its lines. */
        CancelAnswer: components["schemas"]["OrderPartChanged"] | components["schemas"]["OrderCancelled"];
        /** @description A request to cancel an order, or units of its lines. */
        CancelOrder: {
            /** @description 1 to 1,000 lines, each of another item. Default: the whole order. */
            lines?: components["schemas"]["OrderPartLine"][] | null;
        };
        /** @description A cart. */
        Cart: {
            /** Format: int64 */
            cartId: number;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description The time at which it expires or expired; `null` for a confirmed or a released cart.
             */
            expiresAt?: string | null;
            /** @description Its units, one line per block. A released or an expired cart has the lines that it held last. */
            lines: components["schemas"]["CartHolding"][];
            /** @description The note about the cart. */
            note?: string | null;
            /**
             * Format: int64
             * @description The order that its units became.
             */
            orderId?: number | null;
            payment?: components["schemas"]["CartPayment"] | null;
            /** @description The shop's key of the cart, or its name for the buyer. */
            reference?: string | null;
            state: components["schemas"]["CartState"];
            /**
             * Format: int64
             * @description 1 for a new cart. Each change of its lines increments it.
             */
            version: number;
        };
        /** @description The response to a confirmed cart: its blocks are permanent. */
        CartConfirmed: {
            blocks: components["schemas"]["BlockConfirmed"][];
            /** Format: int64 */
            cartId: number;
            /** @description Whether the cart had expired, and its units were taken again. */
            retaken: boolean;
        };
        /** @description The response to an extended cart. */
        CartExtended: {
            blocks: components["schemas"]["BlockExtended"][];
            /** Format: int64 */
            cartId: number;
        };
        /** @description The units of one block of a cart. */
        CartHolding: {
            /** Format: int64 */
            blockId: number;
            /** Format: int64 */
            itemId: number;
            /** Format: int32 */
            quantity: number;
            sku?: string | null;
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /** @description One line of a cart, with exactly one of `itemId` and `sku`. */
        CartLine: {
            /** Format: int64 */
            itemId?: number | string;
            /**
             * Format: int64
             * @description Units: 1 to 2,147,483,647.
             */
            quantity: number;
            /** @description The item's SKU, instead of `itemId`. */
            sku?: string;
            /** @description The warehouse's code, instead of `warehouseId`. */
            warehouseCode?: string;
            /**
             * Format: int64
             * @description All units of a line come from one warehouse. Default: the one that holds the units for the cart already, otherwise the
             *     one with the most available units. Several lines of an item may get several warehouses.
             */
            warehouseId?: number | string;
        };
        /** @description The payment of a cart. */
        CartPayment: {
            /** @description The shop's key of the payment. */
            paymentReference: string;
            /**
             * Format: date-time
             * @description The time at which the units of the expired cart were taken again for this payment.
             */
            retakenAt?: string | null;
            /**
             * Format: date-time
             * @description The end of the time for the payment. An active cart can only be confirmed before.
             */
            until: string;
        };
        /** @description The response to a placed cart. */
        CartPlaced: {
            /** @description One block per line, in the order of the lines. */
            blocks: components["schemas"]["BlockPlaced"][];
            /**
             * Format: int64
             * @description The id by which the blocks are confirmed, released and extended together.
             */
            cartId: number;
            /** Format: date-time */
            expiresAt: string;
        };
        /** @description The response to a released cart. */
        CartReleased: {
            blocks: components["schemas"]["BlockReleased"][];
            /** Format: int64 */
            cartId: number;
        };
        /** @description A confirmed cart that was shipped. */
        CartShipped: {
            /** @description Its blocks. */
            blocks: components["schemas"]["BlockShipped"][];
            /** Format: int64 */
            cartId: number;
        };
        /**
         * @description The state of a cart.
         * @enum {string}
         */
        CartState: "active" | "confirmed" | "released" | "expired" | "converted";
        /** @description A category with totals over its items. */
        Category: {
            category: string;
            /**
             * Format: int64
             * @description The number of its items.
             */
            items: number;
            /**
             * Format: int64
             * @description Units available now.
             */
            unitsAvailable: number;
            /**
             * Format: int64
             * @description Units in temporary and permanent blocks.
             */
            unitsBlocked: number;
            /** @description The value of the available units: decimal text with two decimals, such as "1234.50". */
            value: string;
        };
        /** @description The response to a renamed category, or to a dry run. */
        CategoryRenamed: {
            /** @description True for a dry run: nothing was changed. */
            dryRun: boolean;
            from: string;
            /**
             * Format: int64
             * @description Items of the renamed category.
             */
            items: number;
            /**
             * Format: int64
             * @description Items that had the new category before. Above 0, the two categories are merged.
             */
            itemsAlready: number;
            to: string;
            /**
             * @description The version of a category with exactly the items that the request has moved, for the `If-Match` of the undo. The
             *     category has another version if it had items before, and after an item has entered or left it. After a dry run with
             *     `If-Match`, the version of the category; otherwise a dry run has none.
             */
            version?: string | null;
        };
        /** @description A change of an item's details, of a category or of a warehouse. */
        Change: {
            /** @description The principal that made the change, such as `person:anna`, `client:webshop` or `local`. */
            actor: string;
            /** @description The changed values after the change. */
            after?: unknown;
            /** @description The changed values before the change. Null for something that was created. */
            before?: unknown;
            /** @description The name before, if it is a change of a category. */
            category?: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: int64 */
            id: number;
            /**
             * Format: int64
             * @description The item, if it is a change of an item.
             */
            itemId?: number | null;
            /**
             * @description item.created, item.changed, item.archived, item.restored, category.renamed, warehouse.created, warehouse.changed,
             *     warehouse.archived or warehouse.restored.
             */
            kind: string;
            /**
             * Format: int64
             * @description The warehouse, if it is a change of a warehouse.
             */
            warehouseId?: number | null;
        };
        /** @description A request to replace the lines of a cart, or none of them. */
        ChangeCart: {
            /**
             * @description 1 to 100 lines, all that the cart is to have. The units of one stock level become one block, unless the cart holds as
             *     many of it already.
             */
            lines: components["schemas"]["CartLine"][];
            /**
             * Format: int64
             * @description The time until the cart expires: 1 to 2,592,000 seconds (30 days). It never expires earlier than before. Without it,
             *     the expiry time stays.
             */
            ttlSeconds?: number | null;
            /**
             * Format: int64
             * @description The version of the cart that the caller has read.
             */
            version: number;
        };
        /** @description A request to change the condition of units of one stock level, with exactly one of `itemId` and `sku`. */
        ChangeCondition: {
            /** @description The condition of the units before the change. */
            from: components["schemas"]["UnitCondition"];
            /** Format: int64 */
            itemId?: number | string;
            /**
             * Format: int64
             * @description Units: 1 to 2,147,483,647.
             */
            quantity: number;
            /** @description The reason: 1 to 200 characters. The ledger stores it. */
            reason: string;
            /** @description The item's SKU, instead of `itemId`. */
            sku?: string;
            /** @description Their condition after it. Units that are `disposed` must be `damaged` or in `quarantine` before. */
            to: components["schemas"]["ConditionTarget"];
            /** @description The warehouse's code, instead of `warehouseId`. */
            warehouseCode?: string;
            /**
             * Format: int64
             * @description Default: the default warehouse.
             */
            warehouseId?: number | string;
        };
        /** @description A request to replace all lines of a pending order, or none of them. Lines of the same item are added up. */
        ChangeOrderLines: {
            /** @description 1 to 1,000 lines, all that the order is to have. */
            lines: components["schemas"]["CreateOrderLine"][];
        };
        /** @description A request to change many stock levels. */
        ChangeStock: {
            /**
             * @description Whether all lines are applied or none: one refused line refuses all. Default false: each line is applied or refused
             *     on its own.
             */
            atomic?: boolean;
            /** @description 1 to 10,000 lines. A level that one line sets can't be on another line. */
            changes: components["schemas"]["ChangeStockLine"][];
            /**
             * @description The name of the document, such as the number of a delivery note: 1 to 100 characters. The ledger stores it with each
             *     movement.
             */
            document?: string | null;
        };
        /** @description A line: `itemId` or `sku`, and `set` or `change`. */
        ChangeStockLine: {
            basis?: components["schemas"]["StockBasis"] | null;
            /**
             * Format: int64
             * @description Units to add: positive for received units, negative for units written off; not 0.
             */
            change?: number | null;
            /**
             * Format: int64
             * @description Only with `set`, and required there: the expected units of the level, or null for no condition. If the
             *     level has other units, the line is refused.
             */
            expected?: number | null;
            /** Format: int64 */
            itemId?: number | string | null;
            /** @description A remark: 1 to 200 characters. The ledger stores it after the reason. */
            note?: string | null;
            /** @description The reason: 1 to 200 characters. The ledger stores it. */
            reason: string;
            /**
             * Format: int64
             * @description The counted units: 0 to 2,147,483,647. The level is set to them when the line is written, whatever it had when the
             *     request was sent.
             */
            set?: number | null;
            /** @description The item's SKU, instead of `itemId`. */
            sku?: string | null;
            /** @description The warehouse's code, instead of `warehouseId`. */
            warehouseCode?: string | null;
            /**
             * Format: int64
             * @description Default: the default warehouse.
             */
            warehouseId?: number | string | null;
        };
        /** @description The current stock of an item that changed. */
        ChangedItem: {
            category?: string | null;
            /** Format: int64 */
            itemId: number;
            itemName: string;
            /** @description Units available in each warehouse, by ascending warehouse id. */
            levels: components["schemas"]["WarehouseUnits"][];
            /**
             * Format: int32
             * @description Units available now, over all warehouses.
             */
            quantity: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
        };
        /**
         * @description One message of the live stream: the movements since the previous message, and the current stock of their items.
         *     Its id is the cursor; a reconnect continues from there.
         */
        Changes: {
            /** @description The position up to which the messages are complete. It is opaque. */
            cursor: string;
            /** @description Movements by ascending id. The movements of one item are in commit order. */
            events: components["schemas"]["Movement"][];
            /** @description The items of `events`, in their state after the last of these movements or shortly later. */
            items: components["schemas"]["ChangedItem"][];
            /**
             * Format: int64
             * @description The age of the oldest committed movement that can't be delivered yet, in seconds.
             */
            lagSeconds: number;
            /** @description Signals by ascending id. The first movement of each is in this message or an earlier one. */
            signals?: components["schemas"]["Signal"][];
            /**
             * @description True if there are too many movements for one message: `events` and `items` are empty, and the client has to
             *     reload its data.
             */
            skipped: boolean;
            /**
             * @description Kinds of data that changed without a movement, such as names, expiry times and new orders. The client has to
             *     reload them.
             */
            touched: components["schemas"]["Touched"][];
        };
        /** @description Choices for a file. A part that is null or absent is detected. */
        ChooseImport: {
            /**
             * @description The fields of columns.
             * @default []
             */
            columns: components["schemas"]["ImportColumnChoice"][];
            /**
             * @description The decimal sign: `point` or `comma`.
             * @default null
             */
            decimalSign: string | null;
            /**
             * @description The delimiter: `comma`, `semicolon`, `tab`, or the character.
             * @default null
             */
            delimiter: string | null;
            /**
             * @description The encoding: a label of the Encoding Standard, such as `utf-8` or `windows-1252`.
             * @default null
             */
            encoding: string | null;
            /**
             * Format: int64
             * @description The line that names the columns, as an editor counts. The lines above it are skipped.
             * @default null
             */
            headerLine: number | null;
            /**
             * @description `items` changes details of items, `stock` changes their stock.
             * @default null
             */
            kind: string | null;
        };
        /** @description A program that calls the API. */
        Client: {
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description Null while the client is enabled.
             */
            disabledAt?: string | null;
            name: string;
            scopes: components["schemas"]["Scope"][];
            /** @description Its valid tokens and its latest other tokens, latest first. */
            tokens: components["schemas"]["ClientToken"][];
            /** @description The ids of the warehouses in which the client may change stock, blocks and orders. Null: all. */
            warehouseIds?: number[] | null;
        };
        /** @description A new client with its first token. */
        ClientCreated: {
            client: components["schemas"]["Client"];
            token: components["schemas"]["IssuedToken"];
        };
        /** @description A token of a client, without its secret. */
        ClientToken: {
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            /** @description The first characters of the token. */
            hint: string;
            /** Format: int64 */
            id: number;
            /**
             * Format: date-time
             * @description When it was last used, to about a minute.
             */
            lastUsedAt?: string | null;
            /** Format: date-time */
            revokedAt?: string | null;
            state: components["schemas"]["TokenState"];
        };
        /** @description A stock level after a change of the condition of some of its units. */
        ConditionChanged: {
            /**
             * Format: int32
             * @description Units available in the warehouse now.
             */
            available: number;
            /**
             * Format: int32
             * @description Damaged units in the warehouse now.
             */
            damaged: number;
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int32
             * @description Units that changed their condition.
             */
            quantity: number;
            /**
             * Format: int32
             * @description Units in quarantine in the warehouse now.
             */
            quarantined: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /**
         * @description The condition of units after a change.
         * @enum {string}
         */
        ConditionTarget: "available" | "damaged" | "quarantine" | "disposed";
        /** @description A request to confirm a block, completely or partially. */
        ConfirmBlock: {
            /** Format: int64 */
            blockId: number | string;
            /** @description Whether the remaining units stay held until the same time, in the new block `restBlockId`, instead of returning to stock. */
            keepRest?: boolean;
            /**
             * Format: int64
             * @description Units to confirm, at most the units of the block. The remaining units return to stock. Default: all units.
             */
            quantity?: number | null;
        };
        /** @description A request to confirm a cart. The body may be left out. */
        ConfirmCart: {
            /**
             * @description The treatment of a cart that has expired. Default: `refuse`.
             * @default refuse
             * @enum {string}
             */
            late: "refuse" | "retake";
            /**
             * @description With `late: retake`, the shop's key of the payment: 1 to 100 characters. Default: that of the cart's last payment. The
             *     cart keeps the key. It is refused if another cart is active or confirmed with it, or was retaken.
             * @default null
             */
            paymentReference: string | null;
        };
        /** @description A new client. */
        CreateClient: {
            /**
             * Format: int64
             * @description The lifetime of the first token: 1 to 3,650 days. Default: the setting of the server, 365.
             */
            expiresInDays?: number | null;
            /** @description 1 to 64 of the characters a-z, 0-9, '.', '_' and '-'. It can't be changed or used again. */
            name: string;
            /** @description At least one scope. */
            scopes: components["schemas"]["Scope"][];
            /** @description The ids of 1 to 100 warehouses. The client may change stock, blocks and orders in these only. Absent or null: in all. */
            warehouseIds?: number[] | null;
        };
        /**
         * @description A request to create an item. Its first stock goes to the warehouse of `warehouseId` or `warehouseCode`, or to the default
         *     warehouse.
         */
        CreateItem: {
            /** @description At most 100 barcodes of 1 to 64 characters. No other item may have one of them. */
            barcodes?: string[];
            category?: string | null;
            description?: string | null;
            /**
             * Format: int64
             * @description The item is low at this number of unsold units or fewer, for the signal `stock.low`. 0 for never; the setting of the
             *     server by default.
             */
            lowStock?: number | null;
            /** @description 1 to 255 characters. */
            name: string;
            /** @description 0 to 99,999,999.99 with at most two decimals; a number or a string. */
            price: string | number;
            /**
             * Format: int64
             * @description First stock, in units: 0 to 2,147,483,647.
             */
            quantity: number;
            /** @description The shop's key of the item: 1 to 64 characters. No other item may have it, in any case and white space. */
            sku?: string | null;
            /** @description The warehouse's code, instead of `warehouseId`. */
            warehouseCode?: string;
            /** Format: int64 */
            warehouseId?: number | string;
        };
        /** @description A request to create an order. Lines of the same item are added up. */
        CreateOrder: {
            /**
             * @description Instead of `lines`: 1 to 500 active or permanent blocks that belong to no cart, each once. Their units become the
             *     order's, which is allocated.
             */
            blockIds?: number[] | null;
            /**
             * Format: int64
             * @description Instead of `lines`: an active or a confirmed cart. Its units become the order's, which is allocated.
             */
            cartId?: number | string | null;
            /** @description 1 to 1,000 lines. The order takes no stock. */
            lines?: components["schemas"]["CreateOrderLine"][] | null;
            /**
             * Format: int64
             * @description With `lines`: the priority in the queue of missing units, higher first: -1,000,000 to 1,000,000; default 0.
             */
            priority?: number | null;
            /** @description 1 to 100 characters. */
            reference?: string | null;
            /**
             * @description Whether no other order may have the reference; default false. The problem `reference_taken` has the id of the other
             *     order.
             */
            uniqueReference?: boolean;
            /**
             * @description With `lines`: whether the order waits for its units from now on. They are allocated when they are available; default
             *     false.
             */
            wait?: boolean;
        };
        /** @description One item of an order, with exactly one of `itemId` and `sku`. */
        CreateOrderLine: {
            /** Format: int64 */
            itemId?: number | string;
            /**
             * Format: int64
             * @description Units: 1 to 2,147,483,647.
             */
            quantity: number;
            /** @description The item's SKU, instead of `itemId`. */
            sku?: string;
        };
        /** @description A new token. */
        CreateToken: {
            /**
             * Format: int64
             * @description The lifetime: 1 to 3,650 days. Default: the setting of the server, 365.
             */
            expiresInDays?: number | null;
        };
        /** @description A new warehouse. */
        CreateWarehouse: {
            /** @description 1 to 32 characters, unique. */
            code: string;
            /**
             * Format: double
             * @description -90 to 90 degrees, north is positive. Required with `longitude`. Rounded to six decimals.
             */
            latitude?: number | null;
            /**
             * Format: double
             * @description -180 to 180 degrees, east is positive. Required with `latitude`. Rounded to six decimals.
             */
            longitude?: number | null;
            /** @description 1 to 255 characters. */
            name: string;
            /**
             * Format: int64
             * @description Its place in the order of allocation by priority: a lower number comes first. -1,000,000 to 1,000,000; default 0.
             */
            priority?: number | null;
        };
        /** @description A new endpoint. */
        CreateWebhook: {
            /** @description The cursor of the event feed after which the first event is. Absent: now. */
            after?: string | null;
            /** @description The kinds of events. Absent or empty: all. */
            eventKinds?: string[];
            /** @description 1 to 100 characters. */
            name: string;
            signature?: components["schemas"]["WebhookSignature"];
            /** @description At most 1,000 SKUs. Absent or empty: all items. */
            skus?: string[];
            /** @description `https`, at most 2,000 characters, without credentials, a fragment or a private address. */
            url: string;
            /** @description At most 100 warehouses of movements. Absent or empty: all. */
            warehouseIds?: number[];
        };
        /** @description A problem with the refused lines of a stock document. */
        DocumentProblem: components["schemas"]["Problem"] & {
            /** @description The refused lines. */
            lines: components["schemas"]["StockChangedLine"][];
        };
        /** @description The end of a block, from the ledger. */
        EndedBlock: {
            /** @description The principal that ended it; "system" for an expiry. */
            actor: string;
            /** Format: int64 */
            blockId: number;
            end: components["schemas"]["BlockEnd"];
            /** Format: date-time */
            endedAt: string;
            /**
             * Format: int64
             * @description The id of the movement. A partially confirmed block has two movements.
             */
            id: number;
            /** Format: int64 */
            itemId: number;
            itemName: string;
            /**
             * Format: int32
             * @description Units that were sold or returned to stock.
             */
            quantity: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /** @description A page of the event feed: committed movements. */
        EventPage: {
            /**
             * @description The cursor for the parameter `after` of the next request. It is opaque: it names a position in this database's
             *     history.
             */
            cursor: string;
            /** @description Movements by ascending id. The movements of one item are in commit order, and none is skipped. */
            events: components["schemas"]["Movement"][];
            /**
             * Format: int64
             * @description The age of the oldest committed movement that can't be delivered yet, in seconds. Above 0, a transaction with an
             *     earlier movement is still open; the log names it.
             */
            lagSeconds: number;
            /** @description Signals by ascending id. Those of one item are in the order of its movements, and each crossing has exactly one. */
            signals?: components["schemas"]["Signal"][];
        };
        /** @description The response to a clean-up of expired blocks. */
        ExpiredBlocksRemoved: {
            /** Format: int64 */
            expiredBlocksRemoved: number;
            message: string;
            /** Format: date-time */
            timestamp: string;
        };
        /** @description A request to extend a block. */
        ExtendBlock: {
            /**
             * Format: int64
             * @description The new time until it expires, from now: 1 to 2,592,000 seconds (30 days). A later expiry time is kept.
             */
            ttlSeconds: number;
        };
        /** @description An item with a failing clean-up of expired blocks. */
        FailingItem: {
            /** @description The kind of the last error; the log has the cause. */
            error: string;
            /**
             * Format: int64
             * @description Failed attempts since the last success.
             */
            failures: number;
            /** Format: int64 */
            itemId: number;
        };
        /** @description A rejection or a failure. Repetitions are counted. */
        Failure: {
            /** @description The principal of the last request. */
            actor: string;
            /**
             * Format: date-time
             * @description The time of the last occurrence.
             */
            at: string;
            /**
             * Format: int64
             * @description The number of occurrences.
             */
            count: number;
            /** @description The last response: with its code, its numbers, and the id of the request. */
            problem: components["schemas"]["Problem"];
        };
        /** @description The health of the service. */
        Health: {
            /** @description "up" or "down". */
            database: string;
            /**
             * @description The impairment of a database that responds: "storage_full", "database_read_only", "database_out_of_memory",
             *     "database_connections_exhausted", "database_permission_denied" or "database_too_slow". Reported for 30 seconds
             *     after the last such error.
             */
            databaseProblem?: string | null;
            eventLagHolder?: components["schemas"]["OpenTransaction"] | null;
            /**
             * Format: int64
             * @description The lag of the event feed: the age of the oldest committed event that can't be delivered yet, in seconds.
             */
            eventLagSeconds?: number;
            /** @description Items with a failing clean-up of expired blocks: the first 20. */
            failingItems?: components["schemas"]["FailingItem"][];
            /**
             * Format: int64
             * @description The number of items with a failing clean-up.
             */
            failingItemsCount?: number;
            /**
             * Format: double
             * @description The time since the expiry of the oldest block that is not cleaned up yet, in seconds.
             */
            oldestOverdueSeconds?: number;
            /**
             * Format: double
             * @description The time since the last response of the database, in seconds, during an outage.
             */
            outageSeconds?: number | null;
            /**
             * @description The state of the replica: "following" (lists are read from it), "lagging", "foreign" (it does not follow the
             *     primary), "down" or "unknown"; absent without a replica.
             */
            replica?: string | null;
            /**
             * Format: double
             * @description The lag of the replica, in seconds.
             */
            replicaLagSeconds?: number | null;
            /** @description "ok", "degraded" (requests are served, but an operator should act) or "unavailable". */
            status: string;
            /** Format: date-time */
            timestamp: string;
            /** @description The batch workers and background tasks that are not running. Empty in a healthy process. */
            workers?: components["schemas"]["WorkerHealth"][];
        };
        /** @description An item's available units at a point in time. */
        HistoryPoint: {
            /** Format: date-time */
            at: string;
            /**
             * Format: int64
             * @description Units over all warehouses.
             */
            quantity: number;
        };
        /** @description An item in high demand. */
        HotItem: {
            /** Format: int64 */
            itemId: number;
            itemName: string;
            /**
             * Format: int32
             * @description Units available now.
             */
            quantity: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /**
             * Format: int64
             * @description Units blocked within the last hour.
             */
            unitsBlocked: number;
        };
        /** @description An import of a file. */
        Import: {
            /** @description The principal that uploaded the file, such as `person:anna`. */
            actor: string;
            /**
             * Format: int64
             * @description The latest earlier import of a file with the same bytes that was applied.
             */
            appliedBefore?: number | null;
            /** @description The principal that applied the import. */
            appliedBy?: string | null;
            /** @description The choices of a person. A part that is null was detected. */
            choices: components["schemas"]["ChooseImport"];
            counts: components["schemas"]["ImportCounts"];
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description The time at which the import was applied, cancelled or failed.
             */
            endedAt?: string | null;
            /**
             * Format: int64
             * @description The size of the file in bytes.
             */
            fileBytes: number;
            fileName: string;
            /** Format: int64 */
            id: number;
            /** @description Whether the file and the rows are still stored. */
            isStored: boolean;
            layout?: components["schemas"]["ImportLayout"] | null;
            /** @description The choices that a person has to make, or the reason for a failure. */
            problems: components["schemas"]["ImportProblem"][];
            progress?: components["schemas"]["ImportProgress"] | null;
            /**
             * Format: int32
             * @description The revision of the choices. Each change of the choices increments it.
             */
            revision: number;
            /**
             * @description - `uploading`: the file arrives.
             *     - `judging`: a server reads the file and judges its rows against the present items and stock.
             *     - `undecided`: the file can be read in several ways: `problems` has the choices that a person has to make.
             *     - `judged`: all rows are judged, and nothing is changed yet. The import can be applied.
             *     - `applying`: a server applies the rows.
             *     - `applied`: all rows are applied or refused.
             *     - `cancelled`: rows that were applied before stay applied.
             *     - `failed`: the file can't be imported, or an internal error ended the import: `problems` has the reason. Rows that
             *       were applied before stay applied.
             */
            state: string;
            /** @description The effect of the import in words, one sentence each. */
            summary: string[];
        };
        /** @description A value that a row changes. */
        ImportChange: {
            /** @description The value that the row sets; null removes it. */
            after?: string | null;
            /** @description The value when the row was judged. */
            before?: string | null;
            /** @description The field, such as `price`, or `onHand` for a row of stock. */
            field: string;
        };
        /** @description A column of a file. */
        ImportColumn: {
            /** @description The field that the column holds; null if it is ignored or not decided. */
            field?: string | null;
            /**
             * Format: int32
             * @description The position, from 0.
             */
            index: number;
            /** @description Whether a person has to choose the field of this column of quantities. */
            isAsked: boolean;
            /** @description Whether the import uses the column. */
            isUsed: boolean;
            /** @description The name in the header. */
            name: string;
        };
        /** @description The field that a column holds. */
        ImportColumnChoice: {
            /** @description The field; null ignores the column. */
            field?: string | null;
            /**
             * Format: int32
             * @description The position of the column, from 0.
             */
            index: number;
        };
        /** @description The numbers of rows and units of an import. */
        ImportCounts: {
            /**
             * Format: int64
             * @description The applied rows.
             */
            applied: number;
            /**
             * Format: int64
             * @description Rows that change an item or a stock level.
             */
            changes: number;
            /**
             * Format: int64
             * @description Rows whose item or stock level was changed by somebody else after the rows were judged. They were not applied.
             */
            conflicts: number;
            /**
             * Format: int64
             * @description Rows that create an item.
             */
            creates: number;
            /**
             * Format: int64
             * @description Rows with an error. They are not applied.
             */
            errors: number;
            /**
             * Format: int64
             * @description Rows that were to be applied and were not: those in conflict, refused, and open ones of an import that was cancelled
             *     or failed.
             */
            notApplied: number;
            /**
             * Format: int64
             * @description Rows that were refused when they were applied.
             */
            refused: number;
            /**
             * Format: int64
             * @description The judged rows.
             */
            rows: number;
            /**
             * Format: int64
             * @description Rows whose values are the present ones.
             */
            unchanged: number;
            /**
             * Format: int64
             * @description Units that the rows add to stock.
             */
            unitsAdded: number;
            /**
             * Format: int64
             * @description Units that the rows remove from stock.
             */
            unitsRemoved: number;
            /**
             * Format: int64
             * @description Rows with a warning that will be applied.
             */
            warnings: number;
        };
        /** @description The layout of a file, as it was detected or chosen. */
        ImportLayout: {
            columns: components["schemas"]["ImportColumn"][];
            decimalSign: components["schemas"]["ImportOption"];
            delimiter: components["schemas"]["ImportOption"];
            encoding: components["schemas"]["ImportOption"];
            /** @description The program that exported the file, if it is recognized, such as "Shopify products". */
            format?: string | null;
            /**
             * Format: int64
             * @description The line with the names of the columns.
             */
            headerLine: number;
            /** @description `items` or `stock`; null if the columns do not tell it. */
            kind?: string | null;
            /** @description Explanations of the layout in words, one sentence each. */
            notes: string[];
            /** @description Lines above the header that are skipped, such as a title. */
            titleLines: number[];
        };
        /** @description A value of the layout. */
        ImportOption: {
            /** @description The value for `PATCH /api/imports/{id}`, such as `windows-1252`. */
            value: string;
            /** @description The value in words, such as "Western European (Windows-1252)". */
            words: string;
        };
        /** @description A problem of a file or of one of its rows. */
        ImportProblem: {
            /** @description The stable code, such as `not_a_number`. */
            code: string;
            /** @description The name of the column. */
            column?: string | null;
            /** @description Whether the row is applied nevertheless. */
            isWarning: boolean;
            /** @description The problem in words. */
            message: string;
        };
        /** @description The progress of a server's work. */
        ImportProgress: {
            /** Format: int64 */
            done: number;
            /** @description `uploading` and `judging` count bytes, `applying` counts rows. */
            stage: string;
            /**
             * Format: int64
             * @description Null while the file is being uploaded.
             */
            total?: number | null;
        };
        /** @description A row of an imported file. */
        ImportRow: {
            /** @description The effect; null for a row with an error. */
            action?: string | null;
            /**
             * @description The values of the same fields when the row was judged, and `onHand` and `held` of a row of stock; empty unless the
             *     row was not applied.
             */
            before: {
                [key: string]: string | null;
            };
            /** @description The cells of a row with a problem, as in the file. */
            cells: string[];
            /** @description The values that the row changes. */
            changes: components["schemas"]["ImportChange"][];
            /**
             * Format: int64
             * @description The units that were held when a row of stock was judged. A count includes them.
             */
            held?: number | null;
            /** Format: int64 */
            itemId?: number | null;
            /**
             * Format: int64
             * @description The line of the file on which the row begins, as an editor counts.
             */
            line: number;
            /**
             * Format: int64
             * @description The position among the rows of the file, from 1.
             */
            ordinal: number;
            /** @description The outcome; null until the row is applied. A row with `conflict` or `refused` was not applied. */
            outcome?: string | null;
            problems: components["schemas"]["ImportProblem"][];
            reason?: components["schemas"]["ImportProblem"] | null;
            /** @description The SKU in the file. */
            sku?: string | null;
            /**
             * @description All values of a row that was not applied, by the names of its fields; empty for the other rows. A null removes the
             *     value.
             */
            values: {
                [key: string]: string | null;
            };
            warehouseCode?: string | null;
            /** Format: int64 */
            warehouseId?: number | null;
        };
        /** @description A new token with its secret, which no other response contains. */
        IssuedToken: {
            /** Format: date-time */
            expiresAt: string;
            /** Format: int64 */
            id: number;
            /** @description The secret, for the header `Authorization: Bearer`. */
            token: string;
        };
        /** @description A product that the shop sells. */
        Item: {
            /**
             * Format: date-time
             * @description An archived item can't be sold, and lists leave it out. Null if it is not archived.
             */
            archivedAt?: string | null;
            barcodes?: string[];
            /** @description 1 to 100 characters; null without a category. */
            category?: string | null;
            /** Format: date-time */
            createdAt: string;
            description?: string | null;
            /** Format: int64 */
            id: number;
            /**
             * Format: int32
             * @description The item is low at this number of unsold units or fewer, for the signal `stock.low`. 0 for never, null for the setting
             *     of the server.
             */
            lowStock?: number | null;
            /** @description 1 to 255 characters. */
            name: string;
            /** @description Decimal text with two decimals, such as "9.99". */
            price: string;
            /**
             * Format: int32
             * @description Units available now, over all warehouses.
             */
            quantity: number;
            /** @description The shop's key of the item; null without one. */
            sku?: string | null;
            /** Format: date-time */
            updatedAt: string;
            /** @description The version of everything but `quantity` and the times: the ETag, without its quotes. */
            version?: string;
        };
        /** @description The units of an item. */
        ItemAvailability: {
            /**
             * Format: int64
             * @description Units that can be sold now.
             */
            available: number;
            /**
             * Format: int64
             * @description Units that are sold by permanent blocks or allocated to orders, and not shipped.
             */
            committed: number;
            /**
             * Format: int64
             * @description Damaged units.
             */
            damaged: number;
            /**
             * Format: int64
             * @description Units in temporary blocks, also in expired ones until their units have returned.
             */
            held: number;
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int64
             * @description Units on the shelf: the sum of the others.
             */
            onHand: number;
            /**
             * Format: int64
             * @description Units in quarantine.
             */
            quarantined: number;
            /** @description Null without a SKU. */
            sku?: string | null;
            /** @description The units in each warehouse that has a stock level, by warehouse id; only if the request asks for them. */
            warehouses?: components["schemas"]["LevelAvailability"][] | null;
        };
        /** @description The available units of an item over time, for a chart. */
        ItemHistory: {
            /** Format: int64 */
            itemId: number;
            /** @description At most 242 points by ascending time. Between two points the quantity is that of the earlier one. */
            points: components["schemas"]["HistoryPoint"][];
            /**
             * Format: date-time
             * @description The time of the first point. It is later than requested if the item has too many movements.
             */
            since: string;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /**
             * Format: date-time
             * @description The time of the last point: now.
             */
            until: string;
        };
        /** @description An item of which a cart lacks units. */
        ItemShortage: {
            /**
             * Format: int32
             * @description Units that the cart could have of them, with those that it holds.
             */
            available: number;
            /**
             * Format: int64
             * @description Units of the item in temporary blocks. They may become available again.
             */
            held?: number | null;
            /**
             * Format: date-time
             * @description The next expiry time of these blocks.
             */
            heldUntil?: string | null;
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int32
             * @description Units that the lines of the same item and choice of a warehouse ask for together.
             */
            requested: number;
            /** @description The item's SKU. */
            sku?: string | null;
        };
        /**
         * @description The order of a list of items. Items with equal values are ordered by ascending id.
         * @enum {string}
         */
        ItemSort: "id" | "name" | "quantityDesc" | "quantityAsc" | "idDesc" | "nameDesc";
        /** @description Units of an item. */
        ItemUnits: {
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int32
             * @description Units.
             */
            quantity: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
        };
        /** @description One page of a list of movements, latest first. */
        LedgerPage_Movement: {
            /**
             * Format: date-time
             * @description On the last page, the time up to which earlier movements are archived; null if none are.
             */
            historySince?: string | null;
            /** @description The rows of this page. */
            items: components["schemas"]["Movement"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description One page of a list of movements, latest first. */
        LedgerPage_NamedMovement: {
            /**
             * Format: date-time
             * @description On the last page, the time up to which earlier movements are archived; null if none are.
             */
            historySince?: string | null;
            /** @description The rows of this page. */
            items: components["schemas"]["NamedMovement"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description The units of an item in one warehouse. */
        LevelAvailability: {
            /**
             * Format: int64
             * @description Units that can be sold now.
             */
            available: number;
            /**
             * Format: int64
             * @description Units that are sold by permanent blocks or allocated to orders, and not shipped.
             */
            committed: number;
            /**
             * Format: int64
             * @description Damaged units.
             */
            damaged: number;
            /**
             * Format: int64
             * @description Units in temporary blocks, also in expired ones until their units have returned.
             */
            held: number;
            /**
             * Format: int64
             * @description Units on the shelf: the sum of the others.
             */
            onHand: number;
            /**
             * Format: int64
             * @description Units in quarantine.
             */
            quarantined: number;
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /** @description Units of one stock level. */
        LevelUnits: {
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int32
             * @description Units.
             */
            quantity: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /** @description A category with items that are low on stock. */
        LowCategory: {
            category: string;
            /**
             * Format: int64
             * @description The number of its items.
             */
            items: number;
            /**
             * Format: int64
             * @description Items with at most as many available units as their threshold.
             */
            itemsLow: number;
            /**
             * Format: int64
             * @description Units available now, over all its items.
             */
            unitsAvailable: number;
        };
        /** @description The units of an item that an order misses. */
        MissingUnits: {
            /** Format: int64 */
            itemId: number;
            itemName: string;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /** Format: int64 */
            units: number;
        };
        /** @description A request to move units from one warehouse to another, each with exactly one of id and code. */
        MoveStock: {
            /** @description The code of the source warehouse, instead of `fromWarehouseId`. */
            fromWarehouseCode?: string;
            /** Format: int64 */
            fromWarehouseId?: number | string;
            /**
             * Format: int64
             * @description Units: 1 to 2,147,483,647.
             */
            quantity: number;
            /** @description The reason: 1 to 200 characters. The ledger stores it. */
            reason: string;
            /** @description The code of the target warehouse, instead of `toWarehouseId`. */
            toWarehouseCode?: string;
            /**
             * Format: int64
             * @description Not the source warehouse.
             */
            toWarehouseId?: number | string;
        };
        /** @description A receipt or a sale of units. */
        MovedUnits: {
            /** @description The principal that made the movement. */
            actor: string;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: int64
             * @description The id of the movement.
             */
            id: number;
            /** Format: int64 */
            itemId: number;
            /** @description Null for an item that was deleted. */
            itemName?: string | null;
            /**
             * Format: int64
             * @description The order that has the units; null without one.
             */
            orderId?: number | null;
            /** @description The reason in the ledger, such as received, confirmed or allocated. */
            reason: string;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /** Format: int64 */
            units: number;
            warehouseCode: string;
        };
        /** @description A movement: one row of the ledger. */
        Movement: {
            /** @description The principal that made the change. */
            actor: string;
            /**
             * Format: int64
             * @description Units in this warehouse after the change; only in an item's history.
             */
            after?: number | null;
            /**
             * Format: int64
             * @description Units in this warehouse before the change; only in an item's history.
             */
            before?: number | null;
            /** Format: int64 */
            blockId?: number | null;
            /**
             * Format: int32
             * @description Units added to the stock level; negative for units taken.
             */
            change: number;
            /**
             * @description damaged or quarantine: the condition that the units enter, or leave when they are restored or disposed of. Absent for
             *     units that can be sold.
             */
            condition?: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: int64 */
            id: number;
            /** Format: int64 */
            itemId: number;
            /** @description The caller's reason. */
            note?: string | null;
            /** Format: int64 */
            orderId?: number | null;
            /**
             * @description received, written_off, moved, blocked, released, expired, confirmed, allocated, cancelled, corrected, hold_converted,
             *     sale_converted, shipped, returned, set_aside, restored, reclassified or disposed.
             */
            reason: string;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /**
             * Format: int32
             * @description The units that the movement concerns, if they are not those of `change`: those of a confirmed block, and units that
             *     were shipped, returned or changed their condition.
             */
            units?: number | null;
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /** @description A movement with the name of its item. */
        NamedMovement: components["schemas"]["Movement"] & {
            /** @description Null for an item that was deleted. */
            itemName?: string | null;
        };
        /** @description A transaction that has written to the ledger and is still open. */
        OpenTransaction: {
            /**
             * Format: int64
             * @description The time since its start, in seconds.
             */
            ageSeconds?: number | null;
            /** @description The `application_name` of its session. */
            application?: string | null;
            /**
             * Format: int32
             * @description The process id of its session in PostgreSQL. Absent for a prepared transaction.
             */
            pid?: number | null;
            /** @description The session's state, such as "idle in transaction". */
            state?: string | null;
        };
        /** @description An order of a customer. */
        Order: {
            /**
             * Format: date-time
             * @description The time at which it was allocated; a later cancellation keeps it.
             */
            allocatedAt?: string | null;
            /** @description The principal that allocated it. */
            allocatedBy?: string | null;
            /** @description The units that it has, by item and warehouse. */
            allocations: components["schemas"]["AllocatedUnits"][];
            /** @description The principal that cancelled it. */
            cancelledBy?: string | null;
            /** Format: date-time */
            createdAt: string;
            /** @description The principal that created it. Null if another system or an earlier version did. */
            createdBy?: string | null;
            /** Format: int64 */
            id: number;
            lines: components["schemas"]["OrderLine"][];
            /** @description The units that are neither allocated nor shipped, by ascending item id. */
            missing?: components["schemas"]["ItemUnits"][];
            /**
             * Format: int32
             * @description The priority in the queue of missing units: higher first.
             */
            priority?: number;
            /**
             * Format: int64
             * @description The place in the queue, from 1. Null in a list, without waiting units, and after 1,000 others.
             */
            queuePlace?: number | null;
            /** @description The shop's name for the order. */
            reference?: string | null;
            status: components["schemas"]["OrderStatus"];
            /**
             * Format: date-time
             * @description The time of the last change of its status or its lines.
             */
            updatedAt: string;
            /** @description The version of its lines: the ETag, without its quotes. */
            version?: string;
            /**
             * Format: date-time
             * @description The time since which its missing units wait. Null if they do not.
             */
            waitingSince?: string | null;
            /** @description The code of that warehouse. */
            warehouseCode?: string | null;
            /**
             * Format: int64
             * @description The warehouse of its units; null if there are several.
             */
            warehouseId?: number | null;
        };
        /** @description The result of an allocation. */
        OrderAllocation: {
            /** @description True: every line was allocated. False: nothing was. */
            allocated: boolean;
            /** @description Whether the search for the plan covered all plans. It does for up to 20 warehouses with units of the order. */
            optimal: boolean;
            /** Format: int64 */
            orderId: number;
            /** @description The units that were taken, by warehouse; empty if nothing was. */
            parcels: components["schemas"]["Parcel"][];
            /** @description The lines with too few units; empty if the order was allocated. */
            shortages: components["schemas"]["Shortage"][];
            /** @description The warehouse's code. */
            warehouseCode?: string | null;
            /**
             * Format: int64
             * @description The warehouse of the request, or of all units. Null if there are several.
             */
            warehouseId?: number | null;
        };
        /** @description The response to a cancelled order. */
        OrderCancelled: {
            message: string;
            /** Format: int64 */
            orderId: number;
            status: components["schemas"]["OrderStatus"];
        };
        /** @description The result of a partial allocation. */
        OrderFilled: {
            /** @description True: no units are missing any more. */
            allocated: boolean;
            /** @description The units that are still missing. */
            missing: components["schemas"]["ItemUnits"][];
            /** Format: int64 */
            orderId: number;
            status: components["schemas"]["OrderStatus"];
            /** @description The units that were taken. */
            taken: components["schemas"]["LevelUnits"][];
        };
        /** @description One item of an order. */
        OrderLine: {
            /** Format: int64 */
            itemId: number;
            itemName: string;
            /**
             * Format: int32
             * @description Units.
             */
            quantity: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
        };
        /** @description The units of an order that were cancelled or reassigned. */
        OrderPartChanged: {
            /**
             * Format: int64
             * @description The changed order; of a reassignment, the order that received the units.
             */
            orderId: number;
            /** @description The part of the cancelled units that returned to stock. */
            returned: components["schemas"]["LevelUnits"][];
            status: components["schemas"]["OrderStatus"];
            /** @description The cancelled or reassigned units. */
            units: components["schemas"]["ItemUnits"][];
        };
        /** @description Units of a line of an order, with exactly one of `itemId` and `sku`. */
        OrderPartLine: {
            /** Format: int64 */
            itemId?: number | string;
            /**
             * Format: int64
             * @description Units: 1 to 2,147,483,647. Default: all units of the item that the request can concern.
             */
            quantity?: number | null;
            /** @description The item's SKU, instead of `itemId`. */
            sku?: string;
        };
        /** @description A preview of an order's allocation from each warehouse, with the current stock. A preview reserves nothing. */
        OrderPreview: {
            /** @description The lines of the order, by ascending item id. */
            lines: components["schemas"]["OrderLine"][];
            /** @description Whether the search for the plans covered all plans. It does for up to 20 warehouses with units of the order. */
            optimal?: boolean;
            /** Format: int64 */
            orderId: number;
            /**
             * @description The best plans by policy, over the warehouses that the caller may change; at most 5, best first. Plans that lack units
             *     are last.
             */
            plans?: components["schemas"]["SourcingPlan"][];
            /** @description By code. */
            warehouses: components["schemas"]["WarehousePreview"][];
        };
        /** @description Units of an order that came back. */
        OrderReturned: {
            /** @description available, damaged or quarantine: the condition of the units. */
            into: string;
            /** Format: int64 */
            orderId: number;
            /** @description The units that came back, by item and warehouse. */
            units: components["schemas"]["LevelUnits"][];
        };
        /** @description Units of an order that were shipped. */
        OrderShipped: {
            /** Format: int64 */
            orderId: number;
            /** @description The status of the order now: `shipped` if no unit is missing or left to ship. */
            status: components["schemas"]["OrderStatus"];
            /** @description The units that were shipped, by item and warehouse. */
            units: components["schemas"]["LevelUnits"][];
        };
        /**
         * @description The order of a list of orders.
         * @enum {string}
         */
        OrderSort: "newest" | "oldest";
        /**
         * @description The status of an order.
         * @enum {string}
         */
        OrderStatus: "pending" | "partial" | "allocated" | "shipped" | "cancelled";
        /** @description Totals over the whole stock, and recent activity. */
        Overview: {
            /** @description The last 60 minutes, oldest first. The last entry is the current minute. */
            activity: components["schemas"]["ActivityMinute"][];
            /**
             * Format: int64
             * @description Active blocks.
             */
            blocksActive: number;
            /**
             * Format: int64
             * @description Active blocks that expire within `expiringSeconds`.
             */
            blocksExpiring: number;
            /**
             * Format: int64
             * @description The period of `unitsExpiring` and `blocksExpiring`, in seconds.
             */
            expiringSeconds: number;
            /** @description At most 50 rejections and failures since the start of this server, latest first. */
            failures: components["schemas"]["Failure"][];
            /** @description At most 10 items: most units blocked within the last hour first. */
            hottest: components["schemas"]["HotItem"][];
            /** Format: int64 */
            items: number;
            /**
             * Format: int64
             * @description Items without an available unit.
             */
            itemsSoldOut: number;
            /**
             * @description At most 10 categories with items that are low on stock: most such items first. `GET /api/items?low=true` lists the
             *     items.
             */
            low: components["schemas"]["LowCategory"][];
            /**
             * Format: int32
             * @description The threshold of items without `lowStock`, in units. An item with at most as many available units as its threshold is
             *     low. 0 for never.
             */
            lowUnits: number;
            /**
             * Format: int64
             * @description Orders that are not allocated yet.
             */
            ordersPending: number;
            /**
             * Format: date-time
             * @description The time of the totals. With very many blocks they are slightly older than the response.
             */
            totalsAt: string;
            /**
             * Format: int64
             * @description Units available now.
             */
            unitsAvailable: number;
            /**
             * Format: int64
             * @description Units in active blocks that expire within `expiringSeconds`.
             */
            unitsExpiring: number;
            /**
             * Format: int64
             * @description Units in active blocks: temporary ones that have not expired.
             */
            unitsHeld: number;
            /**
             * Format: int64
             * @description Units in permanent blocks and in allocated orders.
             */
            unitsSold: number;
        };
        /** @description One page of a list, in the order that the request's `sort` names. */
        Page_AuditEvent: {
            /** @description The rows of this page. */
            items: components["schemas"]["AuditEvent"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description One page of a list, in the order that the request's `sort` names. */
        Page_AuditMovement: {
            /** @description The rows of this page. */
            items: components["schemas"]["AuditMovement"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description One page of a list, in the order that the request's `sort` names. */
        Page_Block: {
            /** @description The rows of this page. */
            items: components["schemas"]["Block"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description One page of a list, in the order that the request's `sort` names. */
        Page_Cart: {
            /** @description The rows of this page. */
            items: components["schemas"]["Cart"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description One page of a list, in the order that the request's `sort` names. */
        Page_Change: {
            /** @description The rows of this page. */
            items: components["schemas"]["Change"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description One page of a list, in the order that the request's `sort` names. */
        Page_EndedBlock: {
            /** @description The rows of this page. */
            items: components["schemas"]["EndedBlock"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description One page of a list, in the order that the request's `sort` names. */
        Page_Import: {
            /** @description The rows of this page. */
            items: components["schemas"]["Import"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description One page of a list, in the order that the request's `sort` names. */
        Page_ImportRow: {
            /** @description The rows of this page. */
            items: components["schemas"]["ImportRow"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description One page of a list, in the order that the request's `sort` names. */
        Page_Item: {
            /** @description The rows of this page. */
            items: components["schemas"]["Item"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description One page of a list, in the order that the request's `sort` names. */
        Page_Order: {
            /** @description The rows of this page. */
            items: components["schemas"]["Order"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description One page of a list, in the order that the request's `sort` names. */
        Page_SetAsideEvent: {
            /** @description The rows of this page. */
            items: components["schemas"]["SetAsideEvent"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description One page of a list, in the order that the request's `sort` names. */
        Page_WebhookDelivery: {
            /** @description The rows of this page. */
            items: components["schemas"]["WebhookDelivery"][];
            /** @description The cursor of the next page, for the parameter `after`; null on the last page. */
            next?: string | null;
        };
        /** @description The units of an order from one warehouse. */
        Parcel: {
            /** @description By ascending item id. */
            lines: components["schemas"]["ParcelLine"][];
            /** @description The warehouse's code. */
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /** @description Units of one item. */
        ParcelLine: {
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int32
             * @description Units.
             */
            quantity: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
        };
        /** @description A request for a temporary block, with exactly one of `itemId` and `sku`. */
        PlaceBlock: {
            /** Format: int64 */
            itemId?: number | string;
            /** @description A note for the staff: 1 to 500 characters. */
            note?: string | null;
            /**
             * Format: int64
             * @description Units: 1 to 2,147,483,647.
             */
            quantity: number;
            /**
             * @description The shop's name for the buyer: 1 to 100 characters. The server limits the number of active blocks per
             *     reference.
             */
            reference?: string | null;
            /** @description The item's SKU, instead of `itemId`. */
            sku?: string;
            /**
             * Format: int64
             * @description 1 to 2,592,000 seconds (30 days). Default: 3,600.
             */
            ttlSeconds?: number | null;
            /** @description The warehouse's code, instead of `warehouseId`. */
            warehouseCode?: string;
            /**
             * Format: int64
             * @description Default: the warehouse with the most available units.
             */
            warehouseId?: number | string;
        };
        /** @description A request for a cart: a temporary block per line, or none. */
        PlaceCart: {
            /** @description 1 to 100 lines. */
            lines: components["schemas"]["CartLine"][];
            /** @description A note for the staff: 1 to 500 characters. */
            note?: string | null;
            /**
             * @description The shop's name for the buyer: 1 to 100 characters. The server limits the number of active blocks per
             *     reference.
             */
            reference?: string | null;
            /**
             * Format: int64
             * @description 1 to 2,592,000 seconds (30 days). Default: 3,600.
             */
            ttlSeconds?: number | null;
            /**
             * @description Whether no other cart may have the reference, in any state; default false. The problem `reference_taken` has the
             *     id of the other cart.
             */
            uniqueReference?: boolean;
        };
        /** @description The units to take from one warehouse, with exactly one of `warehouseId` and `warehouseCode`. */
        PlannedParcel: {
            /** @description 1 to 1,000 lines. Lines of the same item are added up. */
            lines: components["schemas"]["CreateOrderLine"][];
            /** @description The warehouse's code, instead of `warehouseId`. */
            warehouseCode?: string;
            /** Format: int64 */
            warehouseId?: number | string;
        };
        /** @description A position on the earth. */
        Position: {
            /**
             * Format: double
             * @description -90 to 90 degrees, north is positive.
             */
            latitude: number;
            /**
             * Format: double
             * @description -180 to 180 degrees, east is positive.
             */
            longitude: number;
        };
        /** @description The units of one warehouse for one line of an order. */
        PreviewLine: {
            /**
             * Format: int32
             * @description Units that an allocation could take, including the units of expired blocks: they are reclaimed first.
             */
            available: number;
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int32
             * @description Missing units; 0 if the line can be allocated.
             */
            missing: number;
            /**
             * Format: int32
             * @description Units that the order requests.
             */
            requested: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
        };
        /** @description The result of a probe. */
        Probe: {
            /** @description All checks of the probe. */
            checks: components["schemas"]["ProbeCheck"][];
            /** @description "ok" or "unavailable". */
            status: string;
        };
        /** @description One check of a probe. */
        ProbeCheck: {
            /** @description The reason of a failure, or the state of the replica. */
            detail?: string | null;
            /** @description "database", "schema", "workers", "draining" or "replica". */
            name: string;
            /** @description Whether the check passed. */
            passed: boolean;
        };
        /**
         * @description An error: problem details of RFC 9457 (`application/problem+json`), with a stable `code` and the numbers that
         *     explain a rejection.
         */
        Problem: {
            /**
             * Format: int64
             * @description Units that were available.
             */
            available?: number | null;
            /** Format: int64 */
            blockId?: number | null;
            /** Format: int64 */
            cartId?: number | null;
            /** @description Machine-readable and stable, such as `insufficient_stock`. */
            code: string;
            /** @description The oldest cursor after which the ledger has every event. */
            cursor?: string | null;
            /** @description The cause of this error, and the remedy. */
            detail: string;
            /**
             * Format: int64
             * @description Units that the request expected in the stock level.
             */
            expected?: number | null;
            /** @description The field or parameter at fault. */
            field?: string | null;
            /**
             * Format: int64
             * @description Units of the item in temporary blocks. They may become available again.
             */
            held?: number | null;
            /**
             * Format: date-time
             * @description The next expiry time of these blocks.
             */
            heldUntil?: string | null;
            /** Format: int64 */
            itemId?: number | null;
            /** @description The SKU, barcode, warehouse code, category, reference or payment reference at fault. */
            key?: string | null;
            /** Format: int64 */
            orderId?: number | null;
            /** @description The permission that the caller lacks. */
            permission?: string | null;
            /**
             * Format: int64
             * @description Units that the stock level has, in the condition that the request names.
             */
            present?: number | null;
            /** @description The id of the request, to find it in the logs. */
            requestId?: string | null;
            /**
             * Format: int64
             * @description Units that the request asked for.
             */
            requested?: number | null;
            /** @description Each item of which a cart lacks units. The fields of the problem itself are those of the first one. */
            shortages?: components["schemas"]["ItemShortage"][] | null;
            /** @description The SKU of the item `itemId`, if it has one. */
            sku?: string | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The kind of problem in a few words. */
            title: string;
            /** @description The id of the request's trace, to find its log lines and spans. */
            traceId?: string | null;
            /** @description The address of the description of the code: `/api/docs#<code>`. */
            type: string;
            /**
             * Format: int64
             * @description Units on the shelf that are not available: held, committed, damaged ones and those in quarantine.
             */
            unavailable?: number | null;
            /**
             * Format: date-time
             * @description The end of the running payment, or the latest end of a payment.
             */
            until?: string | null;
            /** @description The present version, if the request names another one in `If-Match`. */
            version?: string | null;
            /** @description The code of the warehouse `warehouseId`. */
            warehouseCode?: string | null;
            /** Format: int64 */
            warehouseId?: number | null;
        };
        /** @description A request to put an order that lacks units into the queue of missing units, or to take it out of it. */
        QueueOrder: {
            /**
             * Format: int64
             * @description The priority in the queue, higher first: -1,000,000 to 1,000,000; default: the present one.
             */
            priority?: number | null;
            /** @description Whether the missing units wait and are allocated when they are available. An order that waits already keeps its time. */
            wait: boolean;
        };
        /** @description A problem with the rate limit that the request exceeds. */
        RateLimitProblem: components["schemas"]["Problem"] & {
            /** @description The name of the limit: "client", "person", "anonymous" (requests without valid credentials, by address) or "address". */
            limit: string;
            /**
             * Format: int32
             * @description The requests at once.
             */
            requestsBurst: number;
            /**
             * Format: int32
             * @description The requests per second.
             */
            requestsPerSecond: number;
        };
        /** @description A request for the availability of items. It is for the server only: the console has other reads. */
        ReadAvailability: {
            /** @description The ids of the items. With the SKUs 1 to 1,000. An item that is named twice is returned once. */
            itemIds?: number[];
            /** @description The SKUs of the items. */
            skus?: string[];
            /** @description Whether to return the units of each warehouse; default false. */
            warehouses?: boolean;
        };
        /** @description A request to pass allocated units to another order. */
        ReassignUnits: {
            /** @description 1 to 1,000 lines, each of another item. Default: every unit that the other order misses. */
            lines?: components["schemas"]["OrderPartLine"][] | null;
            /**
             * Format: int64
             * @description The order that misses the units.
             */
            toOrderId: number | string;
        };
        /** @description A run of `stockhold reconcile`. */
        ReconcileRun: {
            /** Format: date-time */
            finishedAt: string;
            /**
             * Format: int64
             * @description The discrepancies that were found.
             */
            found: number;
            /**
             * Format: int64
             * @description The discrepancies that are left after the run.
             */
            left: number;
            /**
             * Format: double
             * @description The duration in seconds.
             */
            seconds: number;
        };
        /** @description The refused requests within a span of time. */
        Refusals: {
            /**
             * Format: date-time
             * @description The start of the span. The counts are those of the hours from that of `from`.
             */
            from: string;
            /** @description At most 500 items, most units first. */
            items: components["schemas"]["RefusedItem"][];
            /**
             * Format: int64
             * @description The refused requests for all items. A cart counts once per item that it lacks.
             */
            requests: number;
            /**
             * Format: int64
             * @description The requested units of all items that were not in stock.
             */
            units: number;
            /**
             * Format: date-time
             * @description The end of the span, which is not included.
             */
            until: string;
        };
        /** @description The refused requests for an item. */
        RefusedItem: {
            /** Format: int64 */
            itemId: number;
            /** @description Null for an item that was deleted. */
            itemName?: string | null;
            /**
             * Format: int64
             * @description Requests that were refused for a lack of units.
             */
            requests: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /**
             * Format: int64
             * @description The requested units that were not in stock.
             */
            units: number;
        };
        /** @description A request to rename a category. If a category with the new name exists, the two are merged. */
        RenameCategory: {
            /** @description With true, the response lists the changes and nothing is changed. Default: false. */
            dryRun?: boolean;
            /** @description 1 to 100 characters; not the current name. */
            to: string;
        };
        /** @description A position to send from: a cursor, or a time. */
        ReplayWebhook: {
            /** @description A cursor of the event feed, or 0 for its start. */
            cursor?: string | null;
            /**
             * Format: date-time
             * @description Send the events since this time. Events of up to a minute before it may be sent too.
             */
            since?: string | null;
        };
        /** @description Events to send again. */
        RetryWebhookEvents: {
            /** @description 1 to 500 events that were set aside. Absent or null: the first 1,000 of the endpoint. */
            eventIds?: number[] | null;
        };
        /** @description Units of one item that come back, with exactly one of `itemId` and `sku`. */
        ReturnLine: {
            /** Format: int64 */
            itemId?: number | string;
            /**
             * Format: int64
             * @description Units: 1 to 2,147,483,647.
             */
            quantity: number;
            /** @description The item's SKU, instead of `itemId`. */
            sku?: string;
            /** @description The warehouse's code, instead of `warehouseId`. */
            warehouseCode?: string;
            /**
             * Format: int64
             * @description The warehouse that shipped the units, and to which they come back. Default: any of them, in ascending order of ids.
             */
            warehouseId?: number | string;
        };
        /** @description A request to take back shipped units of an order. */
        ReturnOrder: {
            /** @description The condition of the units: `available` ones can be sold again at once. */
            into: components["schemas"]["UnitCondition"];
            /** @description 1 to 1,000 lines. */
            lines: components["schemas"]["ReturnLine"][];
        };
        /** @description A replacement of a secret. */
        RotateWebhookSecret: {
            /**
             * Format: int64
             * @description The time for which the replaced secret signs too: 0 to 168 hours; default 24.
             */
            overlapHours?: number | null;
        };
        /** @description An item that will run out at its present pace. */
        RunningOut: {
            /**
             * Format: int64
             * @description Units available now.
             */
            available: number;
            /**
             * Format: int64
             * @description The tenths of days until the available units are sold at the pace of the last 7 days, rounded down.
             */
            coverTenths: number;
            /** Format: int64 */
            itemId: number;
            itemName: string;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /**
             * Format: int64
             * @description Units that were sold within the last 7 days.
             */
            unitsSold: number;
        };
        /**
         * @description A right of a client.
         * @enum {string}
         */
        Scope: "stock:read" | "stock:write" | "holds:write" | "orders:write" | "items:write" | "webhooks:manage" | "admin";
        /**
         * @description The kind of a search result.
         * @enum {string}
         */
        SearchKind: "item" | "order" | "block" | "cart" | "category" | "warehouse";
        /** @description A search result. */
        SearchResult: {
            /** @description The path of its page in the console. */
            href: string;
            /**
             * Format: int64
             * @description Null for a category.
             */
            id?: number | null;
            kind: components["schemas"]["SearchKind"];
            /**
             * Format: int64
             * @description The available units of an item, a category or a warehouse; the units of the others.
             */
            quantity: number;
            /** @description The status of an order, or the state of a block or a cart. `archived` for an archived item. */
            state?: string | null;
            /** @description The SKU of an item, the reference of an order or a cart, the name of a block's item, or the code of a warehouse. */
            subtitle?: string | null;
            /** @description The name of an item, a category or a warehouse; `#` and the id of the others. */
            title: string;
        };
        /** @description The results of a search. */
        SearchResults: {
            /** @description Items, then orders, blocks, carts, categories and warehouses; the best of each kind first. */
            results: components["schemas"]["SearchResult"][];
        };
        /** @description An event whose last attempt failed. */
        SetAsideEvent: {
            /** Format: int32 */
            attempts: number;
            /** @description The reason of the last failure. */
            error?: string | null;
            /** Format: int64 */
            eventId: number;
            /** Format: int64 */
            itemId: number;
            /** @description The kind of the event. */
            kind?: string | null;
            /**
             * Format: date-time
             * @description The time of the last attempt.
             */
            setAsideAt: string;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
        };
        /** @description Units of one item to ship, with exactly one of `itemId` and `sku`. Lines of the same item are added up. */
        ShipLine: {
            /** Format: int64 */
            itemId?: number | string;
            /**
             * Format: int64
             * @description Units: 1 to 2,147,483,647.
             */
            quantity: number;
            /** @description The item's SKU, instead of `itemId`. */
            sku?: string;
        };
        /** @description A request to ship allocated units of an order, with at most one of `warehouseId` and `warehouseCode`. */
        ShipOrder: {
            /** @description 1 to 1,000 lines. Default: all units that are allocated. */
            lines?: components["schemas"]["ShipLine"][] | null;
            /** @description The warehouse's code, instead of `warehouseId`. */
            warehouseCode?: string;
            /**
             * Format: int64
             * @description Default: all warehouses that the order has units of.
             */
            warehouseId?: number | string;
        };
        /** @description A line with too few units. */
        Shortage: {
            /**
             * Format: int32
             * @description Units of the item available in the warehouse; for a policy, those that the best plan could take.
             */
            available: number;
            /** Format: int64 */
            itemId: number;
            /** Format: int32 */
            requested: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
        };
        /**
         * @description A signal: an item is low, sold out or back in stock. It is written shortly after its movement. Units in temporary blocks
         *     count as on hand, so an item with held units is not sold out.
         */
        Signal: {
            /** Format: date-time */
            createdAt: string;
            /** Format: int64 */
            id: number;
            /** Format: int64 */
            itemId: number;
            /**
             * @description `stock.low`: the unsold units fell to the threshold or below. `stock.sold_out`: they fell to 0.
             *     `stock.back_in_stock`: they rose above 0.
             */
            kind: string;
            /**
             * Format: int64
             * @description The movement that caused it. Its id is lower.
             */
            movementId: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /**
             * Format: int32
             * @description The threshold of low stock at that time.
             */
            threshold: number;
            /**
             * Format: int64
             * @description Unsold units after the movement, over all warehouses: available and held ones.
             */
            unsold: number;
        };
        /** @description The units that were sold within an hour. */
        SoldHour: {
            /**
             * Format: date-time
             * @description The start of the hour in UTC.
             */
            hour: string;
            /** Format: int64 */
            units: number;
        };
        /** @description A plan for the allocation of an order from some warehouses. */
        SourcingPlan: {
            /** @description Whether it has every unit. An allocation by policy takes the first plan, if that one has. */
            fills: boolean;
            /** @description The units that it lacks, by ascending item id. */
            missing: components["schemas"]["ParcelLine"][];
            /** @description Best warehouse first. */
            parcels: components["schemas"]["Parcel"][];
        };
        /**
         * @description The rule that chooses among the plans that have every unit.
         * @enum {string}
         */
        SourcingPolicy: "fewest_parcels" | "priority" | "nearest" | "highest_stock";
        /** @description A request to keep a cart for the time of a payment. */
        StartPayment: {
            /** @description The shop's key of the payment: 1 to 100 characters. */
            paymentReference: string;
            /**
             * Format: int64
             * @description The time for the payment, from now: 1 to 2,592,000 seconds (30 days). The payment must end within the life of a cart,
             *     which is 24 hours by default, or before the cart expires anyway.
             */
            ttlSeconds: number;
        };
        /** @description A stock level after an adjustment. */
        StockAdjusted: {
            /** Format: int32 */
            delta: number;
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int32
             * @description Available units of the item over all warehouses, after the change.
             */
            quantity: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /**
             * Format: int32
             * @description Available units of the item in this warehouse, after the change.
             */
            stockQuantity: number;
            /** @description The warehouse's code. */
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /**
         * @description The units that a count covers.
         * @enum {string}
         */
        StockBasis: "onHand" | "available";
        /** @description The results of the lines. */
        StockChanged: {
            /** @description The number of lines that changed a level. */
            changed: number;
            /** @description The number of lines that failed and may succeed later. A request with the same Idempotency-Key tries these again. */
            failed: number;
            /** @description One per line, in the order of the request. */
            lines: components["schemas"]["StockChangedLine"][];
            /** @description The number of lines that the rules rejected. */
            refused: number;
            /** @description The number of lines whose level already had the counted units. They have no movement. */
            unchanged: number;
        };
        /** @description The result of a line. */
        StockChangedLine: {
            /**
             * Format: int64
             * @description Available units after the change.
             */
            available?: number | null;
            /**
             * Format: int32
             * @description Units that were added; negative for units taken.
             */
            change?: number | null;
            /**
             * Format: int64
             * @description Units in temporary blocks.
             */
            held?: number | null;
            /** Format: int64 */
            itemId?: number | null;
            /** @description The number of the line, from 1. */
            line: number;
            /**
             * Format: int64
             * @description Units on the shelf after the change: available, held, committed, damaged ones and those in quarantine.
             */
            onHand?: number | null;
            problem?: components["schemas"]["Problem"] | null;
            /** @description The item's SKU, if it has one. */
            sku?: string | null;
            /** @description changed, unchanged, refused or failed. */
            status: string;
            /** @description The warehouse's code. */
            warehouseCode?: string | null;
            /** Format: int64 */
            warehouseId?: number | null;
        };
        /** @description One item's units in one warehouse. */
        StockLevel: {
            /**
             * Format: int32
             * @description Units available now.
             */
            available: number;
            /**
             * Format: int64
             * @description Those of the sold units that are on the shelf: not shipped.
             */
            committed?: number;
            /**
             * Format: int64
             * @description Damaged units.
             */
            damaged?: number;
            /**
             * Format: int64
             * @description Units in active blocks: temporary ones that have not expired.
             */
            held: number;
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int64
             * @description Units on the shelf: available, in temporary blocks (also in expired ones until they are reclaimed), committed, damaged,
             *     and in quarantine.
             */
            onHand: number;
            /**
             * Format: int64
             * @description Units in quarantine.
             */
            quarantined?: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /**
             * Format: int64
             * @description Units in permanent blocks, and those that orders have: allocated, or shipped and not returned.
             */
            sold: number;
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
            warehouseName: string;
        };
        /** @description Both stock levels after a move. */
        StockMoved: {
            /**
             * Format: int32
             * @description Available units in the source warehouse, after the move.
             */
            fromAvailable: number;
            /** @description The code of the source warehouse. */
            fromWarehouseCode: string;
            /** Format: int64 */
            fromWarehouseId: number;
            /** Format: int64 */
            itemId: number;
            /**
             * Format: int32
             * @description Units that were moved.
             */
            quantity: number;
            /** @description The item's SKU; null without one. */
            sku?: string | null;
            /**
             * Format: int32
             * @description Available units in the target warehouse, after the move.
             */
            toAvailable: number;
            /** @description The code of the target warehouse. */
            toWarehouseCode: string;
            /** Format: int64 */
            toWarehouseId: number;
        };
        /**
         * @description The state of a token.
         * @enum {string}
         */
        TokenState: "valid" | "expired" | "revoked";
        /** @description The items of a category with the highest quantity. */
        TopItems: {
            category: string;
            /**
             * Format: int64
             * @description The number of entries in `items`.
             */
            count: number;
            /** @description At most 100 items: highest quantity first, equal quantities by ascending id. */
            items: components["schemas"]["Item"][];
            /**
             * Format: int64
             * @description The number of items in the category.
             */
            totalItemsInCategory: number;
        };
        /**
         * @description Kinds of data that can change without a movement.
         * @enum {string}
         */
        Touched: "items" | "blocks" | "orders" | "warehouses" | "stock";
        /** @description The reasons for which an item is sold out or short: the states of its units, and where they are. */
        Unavailability: {
            /**
             * Format: int64
             * @description Units available now.
             */
            available: number;
            /**
             * Format: int64
             * @description Units that are sold by permanent blocks or allocated to orders, and not shipped.
             */
            committed: number;
            /**
             * Format: int64
             * @description Damaged units.
             */
            damaged: number;
            /**
             * Format: int64
             * @description Units in open drafts of deliveries.
             */
            expected: number;
            /**
             * Format: int64
             * @description Units in temporary blocks that have not expired.
             */
            held: number;
            /** @description At most 10 temporary blocks, most units first, among the 10,000 that expire first. */
            holds: components["schemas"]["Block"][];
            /**
             * Format: date-time
             * @description The time at which the next temporary block expires; null without one.
             */
            nextExpiry?: string | null;
            /** @description At most 10 orders with allocated units that are not shipped, most units first, among 10,000 allocations. */
            orders: components["schemas"]["AllocatedOrder"][];
            /**
             * Format: int64
             * @description The orders of the queue that miss units of the item, among its first 1,000.
             */
            ordersWaiting: number;
            /**
             * Format: int64
             * @description Units in quarantine.
             */
            quarantined: number;
            receipt?: components["schemas"]["MovedUnits"] | null;
            /** @description The last 10 sales, latest first, among the last 50,000 movements of the item. */
            sales: components["schemas"]["MovedUnits"][];
            /** @description The first 10 orders of the queue that miss units of the item. */
            waiting: components["schemas"]["WaitingOrder"][];
        };
        /**
         * @description The condition of units on the shelf.
         * @enum {string}
         */
        UnitCondition: "available" | "damaged" | "quarantine";
        /** @description New values of a client. An absent field keeps its value. */
        UpdateClient: {
            /** @description The ids of 1 to 100 warehouses. The client may change stock, blocks and orders in these only. Null: in all. */
            warehouseIds?: number[] | null;
        };
        /** @description A request to change fields of an item. Absent fields stay. Units are changed by `/stock`. */
        UpdateItem: {
            /** @description All barcodes of the item, instead of the current ones. */
            barcodes?: string[] | null;
            /** @description Null removes the category. */
            category?: string | null;
            /** @description Null removes the description. */
            description?: string | null;
            /**
             * Format: int64
             * @description The item is low at this number of unsold units or fewer. 0 for never, null for the setting of the server.
             */
            lowStock?: number | null;
            name?: string | null;
            price?: string | number | null;
            /** @description Null removes the SKU. */
            sku?: string | null;
        };
        /** @description A request to change a warehouse. Absent fields stay. */
        UpdateWarehouse: {
            /** @description 1 to 32 characters, unique. */
            code?: string | null;
            /** @description True makes the warehouse the default one, instead of the former. False is not allowed: make another one the default. */
            isDefault?: boolean | null;
            /**
             * Format: double
             * @description -90 to 90 degrees, north is positive. Required with `longitude`. Null for both removes the position.
             */
            latitude?: number | null;
            /**
             * Format: double
             * @description -180 to 180 degrees, east is positive. Required with `latitude`. Null for both removes the position.
             */
            longitude?: number | null;
            /** @description 1 to 255 characters. */
            name?: string | null;
            /**
             * Format: int64
             * @description Its place in the order of allocation by priority: a lower number comes first. -1,000,000 to 1,000,000.
             */
            priority?: number | null;
        };
        /** @description New values of an endpoint. An absent field and null keep the value. */
        UpdateWebhook: {
            eventKinds?: string[] | null;
            name?: string | null;
            skus?: string[] | null;
            url?: string | null;
            warehouseIds?: number[] | null;
        };
        /** @description A form with a file. */
        UploadForm: {
            /** Format: binary */
            file: string;
        };
        /** @description An order whose missing units wait. */
        WaitingOrder: {
            /** @description The missing units, by ascending item id. */
            missing: components["schemas"]["MissingUnits"][];
            /** Format: int64 */
            orderId: number;
            /**
             * Format: int64
             * @description The place in the queue, from 1.
             */
            place: number;
            /** @description The order's reference; null without one. */
            reference?: string | null;
            /**
             * Format: date-time
             * @description The time from which the order waits.
             */
            waitingSince: string;
        };
        /** @description A location that has stock. */
        Warehouse: {
            /**
             * Format: date-time
             * @description An archived warehouse receives no units, and the list leaves it out. Null if it is not archived.
             */
            archivedAt?: string | null;
            /** @description Short and unique, such as "BER-1". */
            code: string;
            /** Format: int64 */
            id: number;
            /** @description Whether it receives the stock of requests that name no warehouse. Exactly one warehouse is the default. */
            isDefault: boolean;
            /**
             * Format: double
             * @description Degrees, north is positive. Null without a position.
             */
            latitude?: number | null;
            /**
             * Format: double
             * @description Degrees, east is positive. Null without a position.
             */
            longitude?: number | null;
            name: string;
            /**
             * Format: int32
             * @description Its place in the order of allocation by priority: a lower number comes first.
             */
            priority?: number;
            /**
             * Format: int64
             * @description Units available now, over all items.
             */
            unitsAvailable: number;
            /** @description The version of everything but `unitsAvailable` and the time: the ETag, without its quotes. */
            version?: string;
        };
        /** @description A preview of an order's allocation from one warehouse. */
        WarehousePreview: {
            /** @description Whether the warehouse has every line completely. */
            fills: boolean;
            /** @description One entry per line of the order, in the same order. */
            lines: components["schemas"]["PreviewLine"][];
            /**
             * Format: int64
             * @description The number of lines with too few units.
             */
            linesShort: number;
            /**
             * Format: int64
             * @description Missing units, over all lines.
             */
            unitsShort: number;
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
            warehouseName: string;
        };
        /** @description Units in one warehouse. */
        WarehouseUnits: {
            /**
             * Format: int32
             * @description Units available now.
             */
            available: number;
            /** @description The warehouse's code. */
            warehouseCode: string;
            /** Format: int64 */
            warehouseId: number;
        };
        /** @description An endpoint that receives events by Standard Webhooks 1.0. */
        Webhook: {
            /** Format: date-time */
            createdAt: string;
            /** @description The position in the event feed up to which each event was delivered, excluded, set aside, or waits for another attempt. */
            cursor: string;
            /**
             * @description Why it is disabled: `gone` (the receiver answered 410), `cursor_unknown` (the cursor is of another history) or
             *     `cursor_archived` (the next events were archived). After the last two, replay from another cursor.
             */
            disabledReason?: string | null;
            /** @description The kinds of events, such as `movement.blocked` and `stock.low`. Empty: all. */
            eventKinds: string[];
            /** Format: date-time */
            failingSince?: string | null;
            /**
             * Format: int32
             * @description Failed attempts since the last delivery.
             */
            failuresInRow: number;
            /** Format: int64 */
            id: number;
            /** Format: date-time */
            lastDeliveredAt?: string | null;
            name: string;
            /**
             * Format: date-time
             * @description The end of the time for which the replaced secret signs too. Null without one.
             */
            previousSecretUntil?: string | null;
            /** @description The public key of an endpoint with the signature v1a. */
            publicKey?: string | null;
            /**
             * Format: int64
             * @description Events whose last attempt failed.
             */
            setAsideEvents: number;
            signature: components["schemas"]["WebhookSignature"];
            /** @description The SKUs of items, compared without regard to case. Empty: all items. */
            skus: string[];
            state: components["schemas"]["WebhookState"];
            url: string;
            /**
             * Format: int64
             * @description Events that wait for another attempt, and later events of the same items.
             */
            waitingEvents: number;
            /**
             * Format: date-time
             * @description Nothing is sent before: the receiver answered with `Retry-After`.
             */
            waitsUntil?: string | null;
            /** @description The warehouses of movements. Empty: all. Signals are of no warehouse and pass. */
            warehouseIds: number[];
        };
        /** @description One attempt to deliver a message. At a high rate not every attempt is stored. */
        WebhookDelivery: {
            /** @description The beginning of the answer's body. */
            answer: string;
            /** Format: date-time */
            at: string;
            /**
             * Format: int32
             * @description The number of the attempt, from 1.
             */
            attempt: number;
            /** Format: int32 */
            durationMilliseconds: number;
            /** @description Why there was no answer. */
            error?: string | null;
            /**
             * Format: int64
             * @description The event; null for a test.
             */
            eventId?: number | null;
            /** Format: int64 */
            id: number;
            /** @description True if the receiver answered with 2xx. */
            isDelivered: boolean;
            kind: string;
            /** @description The header `webhook-id`, which is the same for all attempts. */
            messageId: string;
            /** @description The beginning of the request's body. */
            request: string;
            /**
             * Format: int32
             * @description The status of the answer; null without one.
             */
            status?: number | null;
        };
        /** @description The result of sending events again. */
        WebhookEventsRetried: {
            /**
             * Format: int64
             * @description The number of events that wait for another attempt now.
             */
            events: number;
            /**
             * Format: int64
             * @description The events of the endpoint that are still set aside; at most 10,000 are counted.
             */
            setAsideEvents: number;
        };
        /**
         * @description The signature scheme of an endpoint.
         * @enum {string}
         */
        WebhookSignature: "v1" | "v1a";
        /**
         * @description The state of an endpoint.
         * @enum {string}
         */
        WebhookState: "active" | "paused" | "disabled";
        /** @description An endpoint with its secret, which no other response contains. */
        WebhookWithSecret: {
            /** @description The secret `whsec_…`, or the public key `whpk_…` of the signature v1a. */
            secret: string;
            webhook: components["schemas"]["Webhook"];
        };
        /** @description A batch worker or a background task. */
        WorkerHealth: {
            /** @description Its name, such as "stock 0" or "expiry". */
            name: string;
            /**
             * Format: int64
             * @description Panics since the start.
             */
            panics: number;
            /**
             * @description "running", "stuck" (its batch exceeds the time limit), "restarting" (after a panic), "failing" (its work failed at
             *     least three times in a row) or "dead".
             */
            state: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The requests left at once, per limit, if the caller is limited: `"client";r=99;t=1`. */
        RateLimit: string;
        /** @description The limits, if the caller is limited: `"client";q=100;w=10`, which is 100 requests per 10 s. */
        "RateLimit-Policy": string;
        /** @description The time after which a request is accepted again, in seconds. */
        "Retry-After": string;
        /** @description A position in the database's log after this write, such as `16/B374D848`, if the server reads lists from a replica. Send it as `Stockhold-At-Least` with later reads. */
        "Stockhold-Position": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_activity: {
        parameters: {
            query?: {
                /**
                 * @description A span that ends now, instead of `from` and `until`: `evening` (since 18:00 of yesterday in the time zone), `day` (24
                 *     hours) or `week` (7 days).
                 */
                span?: string;
                /** @description The start, which is included; at most 92 days before the end. Default 24 hours before the end. */
                from?: string;
                /** @description The end, which is not included; default now. */
                until?: string;
                /** @description The minutes by which the time zone of `evening` is ahead of UTC: -840 to 840; default 0. */
                zoneMinutes?: number;
                /** @description Only movements in this warehouse, and the pace of its stock. */
                warehouseId?: number;
                /** @description Only movements in the warehouse that has this code, instead of `warehouseId`. */
                warehouseCode?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The activity */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Activity"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_audit: {
        parameters: {
            query?: {
                /** @description Only events of this principal, such as `person:anna`. */
                actor?: string;
                /** @description Only events of this kind, such as `token.created`. */
                kind?: string;
                /** @description Only events about this principal or object, such as `client:webshop`, `item:7` or `order:5`. */
                subject?: string;
                /** @description Only events at or after this time. */
                since?: string;
                /** @description Only events before this time. */
                until?: string;
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AuditEvent"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_audit: {
        parameters: {
            query?: {
                /** @description Only events of this principal, such as `person:anna`. */
                actor?: string;
                /** @description Only events of this kind, such as `token.created`. */
                kind?: string;
                /** @description Only events about this principal or object, such as `client:webshop`, `item:7` or `order:5`. */
                subject?: string;
                /** @description Only events at or after this time. */
                since?: string;
                /** @description Only events before this time. */
                until?: string;
                /** @description Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true. */
                bom?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file; `limit` and `after` are ignored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_movements: {
        parameters: {
            query?: {
                /** @description Only movements by this principal, such as `person:anna`. */
                actor?: string;
                /** @description Only movements at or after this time. */
                since?: string;
                /** @description Only movements before this time. */
                until?: string;
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The item's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AuditMovement"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_availability: {
        parameters: {
            query?: {
                /** @description The ids of items, one parameter for each. `POST /api/availability` takes more than 100 items. */
                itemId?: number[];
                /** @description The SKUs of items, one parameter for each. */
                sku?: string[];
                /** @description Whether to return the units of each warehouse; default false. */
                warehouses?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The units */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Availability"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_availability: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadAvailability"];
            };
        };
        responses: {
            /** @description The units */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Availability"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_blocks: {
        parameters: {
            query?: {
                /** @description Only blocks in this state. */
                state?: components["schemas"]["BlockState"];
                /** @description Only blocks of this item. */
                itemId?: number;
                /** @description Only blocks of the item that has this SKU, instead of `itemId`. */
                sku?: string;
                /**
                 * @description Only active and permanent blocks of this warehouse. A page of a list with this filter, `from` or `to` may have fewer
                 *     blocks than its limit, or none, while `next` names another page.
                 */
                warehouseId?: number;
                /** @description Only active and permanent blocks that were placed at or after this time. */
                from?: string;
                /** @description Only active and permanent blocks that were placed before this time. */
                to?: string;
                /** @description Only active and permanent blocks with this reference. */
                reference?: string;
                /**
                 * @description The order; default `idDesc`. The orders by expiry and by reference need the state `temporary`, and ended blocks only have
                 *     the default.
                 */
                sort?: components["schemas"]["BlockSort"];
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Block"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    place_cart: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlaceCart"];
            };
        };
        responses: {
            /** @description The cart, with a block for each line */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartPlaced"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_blocks: {
        parameters: {
            query?: {
                /** @description Only blocks in this state. */
                state?: components["schemas"]["BlockState"];
                /** @description Only blocks of this item. */
                itemId?: number;
                /** @description Only blocks of the item that has this SKU, instead of `itemId`. */
                sku?: string;
                /**
                 * @description Only active and permanent blocks of this warehouse. A page of a list with this filter, `from` or `to` may have fewer
                 *     blocks than its limit, or none, while `next` names another page.
                 */
                warehouseId?: number;
                /** @description Only active and permanent blocks that were placed at or after this time. */
                from?: string;
                /** @description Only active and permanent blocks that were placed before this time. */
                to?: string;
                /** @description Only active and permanent blocks with this reference. */
                reference?: string;
                /**
                 * @description The order; default `idDesc`. The orders by expiry and by reference need the state `temporary`, and ended blocks only have
                 *     the default.
                 */
                sort?: components["schemas"]["BlockSort"];
                /** @description Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true. */
                bom?: boolean;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file; `limit` and `after` are ignored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    act_on_blocks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActOnBlocks"];
            };
        };
        responses: {
            /** @description The result of each block, in the order of the request */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockOutcome"][];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_ended_blocks: {
        parameters: {
            query?: {
                /** @description Only blocks of this item. */
                itemId?: number;
                /** @description Only blocks of the item that has this SKU, instead of `itemId`. */
                sku?: string;
                /** @description Only blocks of this warehouse. */
                warehouseId?: number;
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_EndedBlock"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_ended_blocks: {
        parameters: {
            query?: {
                /** @description Only blocks of this item. */
                itemId?: number;
                /** @description Only blocks of the item that has this SKU, instead of `itemId`. */
                sku?: string;
                /** @description Only blocks of this warehouse. */
                warehouseId?: number;
                /** @description Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true. */
                bom?: boolean;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file; `limit` and `after` are ignored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_expiring_blocks: {
        parameters: {
            query?: {
                /** @description The latest expiry, in seconds from now: 1 to 2,592,000; default 600. */
                withinSeconds?: number;
                /** @description Only blocks of this item. */
                itemId?: number;
                /** @description Only blocks of the item that has this SKU, instead of `itemId`. */
                sku?: string;
                /**
                 * @description Only blocks of this warehouse. A page of a list with this filter may have fewer blocks than its limit, or none, while
                 *     `next` names another page.
                 */
                warehouseId?: number;
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Block"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_expiring_blocks: {
        parameters: {
            query?: {
                /** @description The latest expiry, in seconds from now: 1 to 2,592,000; default 600. */
                withinSeconds?: number;
                /** @description Only blocks of this item. */
                itemId?: number;
                /** @description Only blocks of the item that has this SKU, instead of `itemId`. */
                sku?: string;
                /**
                 * @description Only blocks of this warehouse. A page of a list with this filter may have fewer blocks than its limit, or none, while
                 *     `next` names another page.
                 */
                warehouseId?: number;
                /** @description Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true. */
                bom?: boolean;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file; `limit` and `after` are ignored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_block: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The block's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The block */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Block"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    release_block: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The block's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The block was released, its units are available */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockReleased"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    extend_block: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The block's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExtendBlock"];
            };
        };
        responses: {
            /** @description The block with its new expiry */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockExtended"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ship_block: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The block's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The block, whose units have left the shelf */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockShipped"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_carts: {
        parameters: {
            query: {
                /** @description The reference of the carts. */
                reference: string;
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Cart"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_cart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The cart's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cart */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_cart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The cart's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeCart"];
            };
        };
        responses: {
            /** @description The changed cart */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    release_cart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The cart's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The blocks were released, their units are available */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartReleased"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm_cart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The cart's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ConfirmCart"] | null;
            };
        };
        responses: {
            /** @description The blocks, now permanent */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartConfirmed"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    extend_cart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The cart's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExtendBlock"];
            };
        };
        responses: {
            /** @description The blocks with their new expiry */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartExtended"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_payment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The cart's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartPayment"];
            };
        };
        responses: {
            /** @description The cart with its payment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_payment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The cart's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cart without a payment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ship_cart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The cart's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The blocks, whose units have left the shelf */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartShipped"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_categories: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The categories */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Category"][];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rename_category: {
        parameters: {
            query?: {
                /** @description The category's name, instead of that in the path: a path can't have the names `.` and `..` */
                name?: string;
            };
            header?: {
                /** @description The version of the category that is to be renamed */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The category's name */
                category: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenameCategory"];
            };
        };
        responses: {
            /** @description The number of changed items */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CategoryRenamed"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_changes: {
        parameters: {
            query?: {
                /** @description Only changes of this item. */
                itemId?: number;
                /** @description Only changes of the item that has this SKU, instead of `itemId`. */
                sku?: string;
                /** @description Only changes of this warehouse. */
                warehouseId?: number;
                /** @description Only changes of the warehouse that has this code, instead of `warehouseId`. */
                warehouseCode?: string;
                /** @description Only renames of this category, by its old or its new name. */
                category?: string;
                /** @description Only changes by this principal, such as `person:anna`. */
                actor?: string;
                /** @description Only changes of this kind, such as `item.changed`. */
                kind?: string;
                /** @description Only changes at or after this time. */
                since?: string;
                /** @description Only changes before this time. */
                until?: string;
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Change"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_changes: {
        parameters: {
            query?: {
                /** @description Only changes of this item. */
                itemId?: number;
                /** @description Only changes of the item that has this SKU, instead of `itemId`. */
                sku?: string;
                /** @description Only changes of this warehouse. */
                warehouseId?: number;
                /** @description Only changes of the warehouse that has this code, instead of `warehouseId`. */
                warehouseCode?: string;
                /** @description Only renames of this category, by its old or its new name. */
                category?: string;
                /** @description Only changes by this principal, such as `person:anna`. */
                actor?: string;
                /** @description Only changes of this kind, such as `item.changed`. */
                kind?: string;
                /** @description Only changes at or after this time. */
                since?: string;
                /** @description Only changes before this time. */
                until?: string;
                /** @description Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true. */
                bom?: boolean;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file; `limit` and `after` are ignored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_clients: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The clients */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"][];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_client: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateClient"];
            };
        };
        responses: {
            /** @description The client and its token */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientCreated"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    disable_client: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The client's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client is disabled */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_client: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The client's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateClient"];
            };
        };
        responses: {
            /** @description The client */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The client's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateToken"];
            };
        };
        responses: {
            /** @description The token */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedToken"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The client's name */
                name: string;
                /** @description The token's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token is revoked */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_events: {
        parameters: {
            query?: {
                /**
                 * @description The `cursor` of the previous response, or 0 for the start of the ledger. Without it, the response has no events and
                 *     the current cursor.
                 */
                after?: string;
                /** @description The most events: 1 to 1,000; default 1,000. */
                limit?: number;
                /** @description How long to wait if there are no events yet: 0 to 20 seconds; default 0. */
                waitSeconds?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_imports: {
        parameters: {
            query?: {
                /** @description Only imports with smaller ids: the `next` of the previous page. */
                before?: number;
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page; `next` is for the parameter `before` */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Import"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_import: {
        parameters: {
            query?: {
                /** @description The name of the file. Default: that in the form. */
                fileName?: string;
                /** @description `items` changes details of items, `stock` changes their stock. Default: the columns tell it. */
                kind?: string;
                /** @description The encoding: a label such as `utf-8` or `windows-1252`. */
                encoding?: string;
                /** @description The delimiter: `comma`, `semicolon`, `tab`, or the character. */
                delimiter?: string;
                /** @description The decimal sign: `point` or `comma`. */
                decimalSign?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
                "multipart/form-data": components["schemas"]["UploadForm"];
                "text/csv": string;
            };
        };
        responses: {
            /** @description The import */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The import */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The import */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The import */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The import */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    choose_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The import */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChooseImport"];
            };
        };
        responses: {
            /** @description The import */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    apply_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The import */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplyImport"];
            };
        };
        responses: {
            /** @description The import */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_import_errors: {
        parameters: {
            query?: {
                /** @description Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true. */
                bom?: boolean;
            };
            header?: never;
            path: {
                /** @description The import */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The import */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_import_rows: {
        parameters: {
            query?: {
                /** @description The rows to return. Default `all`. */
                show?: "all" | "errors" | "warnings" | "notApplied";
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The import */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ImportRow"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_items: {
        parameters: {
            query?: {
                /** @description Only items of this category. */
                category?: string;
                /**
                 * @description Only items whose name contains each word of this text, or that have it as SKU, as the beginning of the SKU or as
                 *     barcode; at most 255 characters. Case, accents, punctuation and spaces of names are ignored. Items that are found by
                 *     their SKU or barcode come first.
                 */
                q?: string;
                /** @description Only items that have a stock level in this warehouse. */
                warehouseId?: number;
                /** @description Only items that have a stock level in the warehouse that has this code, instead of `warehouseId`. */
                warehouseCode?: string;
                /** @description Only items with at most this many available units; in the warehouse, if one is given. */
                maxQuantity?: number;
                /**
                 * @description With true, only items with at most as many available units as their threshold `lowStock`, or the setting of the server
                 *     for items without one. A threshold of 0 is never reached.
                 */
                low?: boolean;
                /** @description With true, the archived items instead of the others. */
                archived?: boolean;
                /** @description The order; default `id`. */
                sort?: components["schemas"]["ItemSort"];
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Item"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_item: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateItem"];
            };
        };
        responses: {
            /** @description The item */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_items: {
        parameters: {
            query?: {
                /** @description Only items of this category. */
                category?: string;
                /**
                 * @description Only items whose name contains each word of this text, or that have it as SKU, as the beginning of the SKU or as
                 *     barcode; at most 255 characters. Case, accents, punctuation and spaces of names are ignored. Items that are found by
                 *     their SKU or barcode come first.
                 */
                q?: string;
                /** @description Only items that have a stock level in this warehouse. */
                warehouseId?: number;
                /** @description Only items that have a stock level in the warehouse that has this code, instead of `warehouseId`. */
                warehouseCode?: string;
                /** @description Only items with at most this many available units; in the warehouse, if one is given. */
                maxQuantity?: number;
                /**
                 * @description With true, only items with at most as many available units as their threshold `lowStock`, or the setting of the server
                 *     for items without one. A threshold of 0 is never reached.
                 */
                low?: boolean;
                /** @description With true, the archived items instead of the others. */
                archived?: boolean;
                /** @description The order; default `id`. */
                sort?: components["schemas"]["ItemSort"];
                /** @description Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true. */
                bom?: boolean;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file; `limit` and `after` are ignored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm_block: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmBlock"];
            };
        };
        responses: {
            /** @description The block, now permanent */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockConfirmed"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    place_block: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlaceBlock"];
            };
        };
        responses: {
            /** @description The block */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockPlaced"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_item_by_sku: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The item's SKU */
                sku: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The item */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    move_stock_by_sku: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The item's SKU */
                sku: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveStock"];
            };
        };
        responses: {
            /** @description Both stock levels after the move */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockMoved"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    adjust_stock_by_sku: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The item's SKU */
                sku: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdjustStock"];
            };
        };
        responses: {
            /** @description The stock level after the change */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockAdjusted"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    top_items: {
        parameters: {
            query?: {
                /** @description The category's name, instead of that in the path: a path can't have the names `.` and `..` */
                name?: string;
            };
            header?: never;
            path: {
                /** @description The category's name */
                category: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The items; empty if no item has the category */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopItems"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cleanup_expired_blocks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many blocks were removed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExpiredBlocksRemoved"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_item: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The item's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The item */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_item: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the item that is to be changed */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The item's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateItem"];
            };
        };
        responses: {
            /** @description The item after the change */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    archive_item: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the item that is to be archived */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The item's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The item after the change */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    item_history: {
        parameters: {
            query?: {
                /** @description Hours before now: 1 to 2,160 (90 days); default 24. */
                hours?: number;
            };
            header?: never;
            path: {
                /** @description The item's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The quantity over time */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemHistory"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    item_levels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The item's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stock levels, by warehouse code */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockLevel"][];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    move_stock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The item's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveStock"];
            };
        };
        responses: {
            /** @description Both stock levels after the move */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockMoved"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    item_movements: {
        parameters: {
            query?: {
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path: {
                /** @description The item's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerPage_Movement"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restore_item: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the item that is to be restored */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The item's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The item after the change */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    adjust_stock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The item's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdjustStock"];
            };
        };
        responses: {
            /** @description The stock level after the change */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockAdjusted"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_item_unavailability: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The reasons */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unavailability"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_ledger: {
        parameters: {
            query?: {
                /** @description Only movements of this item. */
                itemId?: number;
                /** @description Only movements of the item that has this SKU, instead of `itemId`. */
                sku?: string;
                /** @description Only movements in this warehouse. */
                warehouseId?: number;
                /** @description Only movements in the warehouse that has this code, instead of `warehouseId`. */
                warehouseCode?: string;
                /**
                 * @description Only movements of this kind: sold, held, expired, released, received, written_off or returned. Sold units were confirmed,
                 *     allocated, or converted from a hold into an order.
                 */
                kind?: string;
                /** @description Only movements by this principal, such as `person:anna`. */
                actor?: string;
                /** @description Only movements at or after this time. */
                since?: string;
                /** @description Only movements before this time. */
                until?: string;
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerPage_NamedMovement"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_movements: {
        parameters: {
            query?: {
                /** @description Only movements of this item. */
                itemId?: number;
                /** @description Only movements of the item that has this SKU, instead of `itemId`. */
                sku?: string;
                /** @description Only movements in this warehouse. */
                warehouseId?: number;
                /** @description Only movements in the warehouse that has this code, instead of `warehouseId`. */
                warehouseCode?: string;
                /**
                 * @description Only movements of this kind: sold, held, expired, released, received, written_off or returned. Sold units were confirmed,
                 *     allocated, or converted from a hold into an order.
                 */
                kind?: string;
                /** @description Only movements by this principal, such as `person:anna`. */
                actor?: string;
                /** @description Only movements at or after this time. */
                since?: string;
                /** @description Only movements before this time. */
                until?: string;
                /** @description Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true. */
                bom?: boolean;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file; `limit` and `after` are ignored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_orders: {
        parameters: {
            query?: {
                /** @description Only orders with this status. */
                status?: components["schemas"]["OrderStatus"];
                /** @description Only orders that wait in the queue of missing units. The first 10,001 orders of the queue are listed. */
                waiting?: boolean;
                /** @description Only orders with this reference. */
                reference?: string;
                /** @description Only orders that have a line of this item. */
                itemId?: number;
                /** @description Only orders that have a line of the item that has this SKU, instead of `itemId`. */
                sku?: string;
                /** @description Only orders that have allocated or shipped units from this warehouse. */
                warehouseId?: number;
                /** @description Only orders that have allocated or shipped units from the warehouse with this code, instead of `warehouseId`. */
                warehouseCode?: string;
                /** @description Only orders that were created at or after this time. */
                from?: string;
                /** @description Only orders that were created before this time, which is after `from`. */
                to?: string;
                /** @description The order; default `newest`. */
                sort?: components["schemas"]["OrderSort"];
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Order"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_order: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateOrder"];
            };
        };
        responses: {
            /** @description The order */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_orders: {
        parameters: {
            query?: {
                /** @description Only orders with this status. */
                status?: components["schemas"]["OrderStatus"];
                /** @description Only orders that wait in the queue of missing units. The first 10,001 orders of the queue are listed. */
                waiting?: boolean;
                /** @description Only orders with this reference. */
                reference?: string;
                /** @description Only orders that have a line of this item. */
                itemId?: number;
                /** @description Only orders that have a line of the item that has this SKU, instead of `itemId`. */
                sku?: string;
                /** @description Only orders that have allocated or shipped units from this warehouse. */
                warehouseId?: number;
                /** @description Only orders that have allocated or shipped units from the warehouse with this code, instead of `warehouseId`. */
                warehouseCode?: string;
                /** @description Only orders that were created at or after this time. */
                from?: string;
                /** @description Only orders that were created before this time, which is after `from`. */
                to?: string;
                /** @description The order; default `newest`. */
                sort?: components["schemas"]["OrderSort"];
                /** @description Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true. */
                bom?: boolean;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file; `limit` and `after` are ignored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    allocate_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AllocateOrder"];
            };
        };
        responses: {
            /** @description Whether the order was allocated */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AllocationAnswer"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelOrder"] | null;
            };
        };
        responses: {
            /** @description The order or the units were cancelled */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CancelAnswer"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_order_lines: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the order that is to be changed */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The order's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeOrderLines"];
            };
        };
        responses: {
            /** @description The changed order */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_order: {
        parameters: {
            query?: {
                /** @description The policy of the plans. Default: `fewest_parcels`. */
                policy?: components["schemas"]["SourcingPolicy"];
                /** @description The maximum number of warehouses of a plan: 1 to 100. Default: no limit. */
                maxParcels?: number;
                /** @description Whether the units of one item may come from several warehouses. Default: true. */
                splitLines?: boolean;
                /** @description The destination's latitude, -90 to 90 degrees. Required for `nearest`, and with `longitude`. */
                latitude?: number;
                /** @description The destination's longitude, -180 to 180 degrees. Required for `nearest`, and with `latitude`. */
                longitude?: number;
            };
            header?: never;
            path: {
                /** @description The order's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The result for each warehouse */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderPreview"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    queue_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueueOrder"];
            };
        };
        responses: {
            /** @description The changed order */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reassign_units: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the order that has the units */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReassignUnits"];
            };
        };
        responses: {
            /** @description The order that received the units */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderPartChanged"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    return_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReturnOrder"];
            };
        };
        responses: {
            /** @description The units that came back */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderReturned"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ship_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ShipOrder"] | null;
            };
        };
        responses: {
            /** @description The units that were shipped */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderShipped"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_overview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Totals, the last hour, and warnings */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_refusals: {
        parameters: {
            query?: {
                /**
                 * @description A span that ends now, instead of `from` and `until`: `evening` (since 18:00 of yesterday in the time zone), `day` (24
                 *     hours) or `week` (7 days).
                 */
                span?: string;
                /** @description The start, which is included; at most 92 days before the end. Default 24 hours before the end. */
                from?: string;
                /** @description The end, which is not included; default now. */
                until?: string;
                /** @description The minutes by which the time zone of `evening` is ahead of UTC: -840 to 840; default 0. */
                zoneMinutes?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The refused requests */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refusals"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search: {
        parameters: {
            query: {
                /** @description The text: 1 to 255 characters. */
                q: string;
                /** @description Results of each kind: 1 to 50; default 6. */
                limit?: number;
            };
            header?: {
                /** @description The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones. */
                "Stockhold-At-Least"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The results */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchResults"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_stock: {
        parameters: {
            query?: {
                /** @description Only stock in this warehouse. */
                warehouseId?: number;
                /** @description Only stock in the warehouse that has this code, instead of `warehouseId`. */
                warehouseCode?: string;
                /** @description Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true. */
                bom?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_stock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeStock"];
            };
        };
        responses: {
            /** @description The result of each line */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockChanged"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_condition: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeCondition"];
            };
        };
        responses: {
            /** @description The stock level after the change */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConditionChanged"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_warehouses: {
        parameters: {
            query?: {
                /** @description With true, the archived warehouses instead of the others. */
                archived?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The warehouses */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Warehouse"][];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_warehouse: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWarehouse"];
            };
        };
        responses: {
            /** @description The warehouse */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Warehouse"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_warehouse: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The warehouse's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The warehouse */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Warehouse"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_warehouse: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the warehouse that is to be changed */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The warehouse's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateWarehouse"];
            };
        };
        responses: {
            /** @description The warehouse after the change */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Warehouse"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    archive_warehouse: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the warehouse that is to be archived */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The warehouse's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The warehouse after the change */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Warehouse"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restore_warehouse: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the warehouse that is to be restored */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The warehouse's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The warehouse after the change */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Warehouse"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoints */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"][];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhook"];
            };
        };
        responses: {
            /** @description The endpoint and its secret */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint is deleted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateWebhook"];
            };
        };
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_webhook_deliveries: {
        parameters: {
            query?: {
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The endpoint's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_WebhookDelivery"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pause_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replay_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayWebhook"];
            };
        };
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resume_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate_webhook_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateWebhookSecret"] | null;
            };
        };
        responses: {
            /** @description The endpoint and its new secret */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_set_aside_events: {
        parameters: {
            query?: {
                /** @description Rows per page: 1 to 500; default 50. */
                limit?: number;
                /** @description The `next` of the previous page. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The endpoint's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_SetAsideEvent"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_webhook_events: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetryWebhookEvents"] | null;
            };
        };
        responses: {
            /** @description The number of events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEventsRetried"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint's id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attempt */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
