# The console's texts. The syntax is that of Project Fluent: https://projectfluent.org/fluent/guide/
# NUMBER($x) groups the digits of a number. A key `hold-stock` becomes the function `texts::hold_stock()`; its parameters are the
# variables in the order of their first use.

## Numbers, prices and times

price = { $currency }{ $amount }
date-short = { $day } { $month } { $time }
date-exact = { $day } { $month } { $year } { $time } { $zone }
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec
just-now = just now
minutes-ago = { NUMBER($minutes) } min ago
hours-ago = { NUMBER($hours) } h ago
days-ago = { $days ->
    [one] { NUMBER($days) } day ago
   *[other] { NUMBER($days) } days ago
 }
hours-left = { NUMBER($hours) } h { $minutes } min
days-left = { NUMBER($days) } d { NUMBER($hours) } h
time-is-up = time is up

## General

all = All
item = Item
category = Category
warehouse = Warehouse
order = Order
hold = Hold
item-named = Item { $id }
order-named = Order { $id }
warehouse-named = Warehouse { $id }
units = Units
quantity = Quantity
lines = Lines
available = Available
held = Held
sold = Sold
on-hand = On hand
missing = Missing
requested = Requested
share = Share
value = Value
item-price = Price
name = Name
code = Code
sku = SKU
reference = Reference
priority = Priority
status = Status
reason = Reason
actor = By
actions = Actions
time = Time
time-left = Time left
created = Created
changed = Changed
placed = Placed
count = Count
problem = Problem
outcome = Outcome
status-pending = Pending
status-partial = Partial
waiting-tab = Waiting for units
status-allocated = Allocated
status-shipped = Shipped
status-cancelled = Cancelled
state-released = Released
cancel = Cancel
edit = Edit
save = Save
close = Close
allocate = Allocate
order-size = { $lines ->
    [one] { NUMBER($lines) } line
   *[other] { NUMBER($lines) } lines
 }, { $units ->
    [one] { NUMBER($units) } unit
   *[other] { NUMBER($units) } units
 }
several-warehouses = several warehouses
items = Items
warehouses = Warehouses
orders = Orders
holds = Holds
allocated = Allocated
shipped = Shipped
returned = Returned
state = State
none = None
nothing = none
yes = yes
no = no
search = Search
about = About
pages = Pages
whole-number-hint = A whole number, such as 12
sign-in = Sign in
sign-out = Sign out
password = Password
lines-count = { $lines ->
    [one] { NUMBER($lines) } line
   *[other] { NUMBER($lines) } lines
 }
units-count = { $units ->
    [one] { NUMBER($units) } unit
   *[other] { NUMBER($units) } units
 }
hold-named = Hold { $id }
lines-and-units = { $lines }, { $units }
change = Change

## Lists

contents = Contents
level = Level
here = Here
items-low = Items low
rank = Rank
select-page = Select all rows of this page
select-row = Select row { $id }
period-hour = 1 hour
period-day = 24 hours
period-week = 7 days
holds-current = Current
holds-active = Active
holds-expiring = Expiring soon
holds-ended = Recently ended
page-not-found = Page not found
page-not-found-title = There is no page at this address.
page-not-found-about = It may have been mistyped, or the page has moved.
go-to-overview = Go to the overview
loading = Loading…
download-csv = Download CSV
view = View
columns = Columns
dense-rows = Dense rows
first-page = First page
previous-page = Previous page
next-page = Next page
page-links = Pages
rows-per-page = Rows per page
more-than = More than { $rows }
items-count = { $count ->
    [one] { NUMBER($count) } item
   *[other] { NUMBER($count) } items
 }
orders-count = { $count ->
    [one] { NUMBER($count) } order
   *[other] { NUMBER($count) } orders
 }
holds-count = { $count ->
    [one] { NUMBER($count) } hold
   *[other] { NUMBER($count) } holds
 }
item-added = Added
search-categories = Search categories
search-warehouses = Search warehouses
placed-from = Placed from
placed-until = Placed until
no-hold-matches = No hold matches
no-hold-matches-yet = No hold matches yet: go on with the next page
change-category = Change category
change-threshold = Change threshold
new-category = New category, or nothing for none
new-threshold = Low at this many units, or nothing for the default
allocate-available = Allocate what is available
cancel-orders = Cancel orders
done-changed = changed
done-archived = archived
done-filled = allocated as far as units are available
done-cancelled = cancelled
will-be-done = { $what } will be { $done }.
is-done = { $what } { $done }.
is-partly-done = { $what } { $done }, { $failed } not
selected-rows = Selected rows
selected-count = { NUMBER($count) } selected
select-none = Select none
receive = Receive
write-off = Write off
move-verb = Move
verb-about = { $verb } { $about }
about-hold = hold { $id }
about-warehouse = in { $code }
verb-selected = { $verb } selected
state-extending = extending…
messages = Messages
dismiss = Dismiss
page-unreadable = The page could not be read

## Order page

order-with-reference = Order { $id } · { $reference }
change-lines = Change lines
ship-or-return = Ship or return
cancel-order = Cancel order
keep-order = Keep order
cancel-order-title = Cancel order { $id }
cancel-order-pending = It has taken no stock. This can't be undone.
cancel-order-allocated = Its allocated units will be available again. This can't be undone.
allocated-from = Allocated from
allocated-nowhere = Nowhere
allocated-not-yet = Not yet
queue = Queue
queue-at = Place { NUMBER($place) },
queue-since = added
timeline = Timeline
by-person = by { $name }
timeline-created = Created with { $size }.
timeline-partial = Allocated in part, out of { $warehouse }.
timeline-allocated = Allocated: { $size } taken out of { $warehouse }.
timeline-pending = To be allocated.
timeline-missing = Units are missing.
timeline-shipped = Shipped.
timeline-cancelled = Cancelled: all units went back to { $warehouse }.
timeline-cancelled-early = Cancelled before it took any stock.
lines-of-order = Lines of this order
preview-about = Takes every line from one warehouse, or none.
preview-plans = Plans with several warehouses
preview-region = Stock of each warehouse
preview-caption = Stock of each warehouse for each line
preview-fills = { $codes } can fill the whole order.
preview-no-warehouse = There is no warehouse yet.
preview-short = No warehouse can fill it. Closest is { $code }: { $lines ->
    [one] { NUMBER($lines) } line is
   *[other] { NUMBER($lines) } lines are
 } short by { $units ->
    [one] { NUMBER($units) } unit
   *[other] { NUMBER($units) } units
 }. Receive or move units there first.
allocate-from = Allocate from { $code }
lines-short = { $lines ->
    [one] { NUMBER($lines) } line short
   *[other] { NUMBER($lines) } lines short
 }
missing-units = { NUMBER($units) } missing
order-not-allocated = The order was not allocated
order-short-meanwhile = Stock changed meanwhile: { $lines ->
    [one] { NUMBER($lines) } line is
   *[other] { NUMBER($lines) } lines are
 } now short. Nothing was allocated. The preview shows the current stock.

## New order

new-order = New order
reference-hint = The shop's own name for the order.
create-order = Create order
new-order-empty = No lines yet. Find the first item below.
add-item = Add an item
add = Add
add-named = Add { $name }
remove-named = Remove { $name }
quantity-of = Quantity of { $name }
units-available = { NUMBER($units) } available
find-items = Find items
no-other-match = No other item name contains these words.

## Item page

description = Description
barcodes = Barcodes
new-item = New item
edit-item = Edit item
create-item = Create item
save-item = Save item
first-stock-units = First stock, in units
in-warehouse = In warehouse
move-title = Move units out of { $code }
only-available-here = Only { NUMBER($units) } available here.
here-available = { NUMBER($units) } available here.
move-preview = Here { NUMBER($source) } → { NUMBER($left) }, there { NUMBER($target) } → { NUMBER($sum) }
undo-move-reason = Undo: moved by mistake
to-warehouse = To warehouse
reason-hint = Kept in the item's history.
move-units = Move units
movements = Movements
movements-caption = Movements of this item, newest first
history-since = History since { $time }. Earlier movements are archived.
reason-of-block = { $reason } · hold { $id }
reason-received = Received
reason-written-off = Written off
reason-moved = Moved
reason-blocked = Held
reason-released = Hold released
reason-expired = Hold expired
reason-confirmed = Sold
reason-allocated = Allocated
reason-cancelled = Cancelled
reason-corrected = Corrected
reason-hold-converted = Hold ordered
reason-sale-converted = Sale ordered
reason-shipped = Shipped
reason-returned = Returned
reason-set-aside = Set aside
reason-restored = Back in stock
reason-disposed = Disposed
reason-reclassified = Reclassified
receive-units = Receive units
write-off-units = Write off units
stock-by-warehouse = Stock by warehouse
not-in-warehouse = No warehouse has this item
not-in-warehouse-about = Receive units into a warehouse to sell them.
only-available = Only { NUMBER($units) } available.
available-after = Available: { NUMBER($now) } → { NUMBER($after) }
received = Received { NUMBER($units) } (now { NUMBER($available) }).
written-off = Wrote off { NUMBER($units) } (now { NUMBER($available) }).
undo-received = Undo: received by mistake
undo-written-off = Undo: written off by mistake
adjustment-undone = Undone (now { NUMBER($available) }).
item-is-archived = Archived: it can't be sold.
item-keys = Id, SKU, barcodes
how-far-back = How far back
all-holds-of-item = All holds of this item
no-units-held = No units are held
no-units-held-about = A hold keeps units for a buyer during checkout.
item-holds-caption = Holds of this item

## Holds

no-ended-holds = No hold has ended recently
no-ended-holds-about = A hold ends when it is confirmed or released, or when its time is up.
ended-holds = Ended holds, latest first
hold-stock = Hold stock
hold-for = Hold for
item-available = { $name } – { NUMBER($units) } available
hold-no-script = Without JavaScript, open the item and hold stock on its page.
go-to-items = Go to items
automatic-warehouse = Automatic: warehouse with the most stock
from-warehouse = From warehouse
hold-instead = Hold { NUMBER($units) } instead
choose-item = Choose an item
choose-item-about = Type a part of its name and choose the item from the list.
holds-of = Holds of item
holds-caption = Holds, newest first
show-all-holds = Show the holds of all items
no-hold-expires = No hold expires within 10 minutes
no-holds = No holds yet
no-holds-about = A hold keeps units of an item for a buyer during checkout.
show-current-holds = Show the current holds
held-units = { $units ->
    [one] { NUMBER($units) } unit
   *[other] { NUMBER($units) } units
 } of { $name } in { $code }
hold-from-now = Hold from now for
extend-holds-note = A hold that already lasts longer keeps its time.
hold-extended-to = Hold { $id } extended to { $time }.
period-minutes = { $minutes ->
    [one] { NUMBER($minutes) } minute
   *[other] { NUMBER($minutes) } minutes
 }
period-hours = { $hours ->
    [one] { NUMBER($hours) } hour
   *[other] { NUMBER($hours) } hours
 }
period-days = { $days ->
    [one] { NUMBER($days) } day
   *[other] { NUMBER($days) } days
 }
hold-placed-until = Hold { $id }: { $units ->
    [one] { NUMBER($units) } unit
   *[other] { NUMBER($units) } units
 } until { $time }; { NUMBER($left) } still available.
hold-was-released = Hold { $id } released.
confirm-holds-note = { $what } will be sold. This can't be undone.
extend-holds-note-of = { $what } will stay held.

## Category pages

category-items = All items of this category
changes = Changes
rename-or-merge = Rename or merge
top-of-category = The { NUMBER($shown) } of highest quantity, out of { $items ->
    [one] { NUMBER($items) } item
   *[other] { NUMBER($items) } items
 }
all-of-category = { $items ->
    [one] { NUMBER($items) } item
   *[other] { NUMBER($items) } items
 }, highest quantity first
top-items = Items of highest quantity
rename-title = Rename { $name }
renamed = { $from } is now { $to }: { $items ->
    [one] { NUMBER($items) } item
   *[other] { NUMBER($items) } items
 } changed.
rename-preview = { $items ->
    [one] { NUMBER($items) } item changes its
   *[other] { NUMBER($items) } items change their
 } category to { $to }.
merge-preview = { $to } exists with { $already ->
    [one] { NUMBER($already) } item
   *[other] { NUMBER($already) } items
 }: the categories are merged, which can't be undone. { $items ->
    [one] { NUMBER($items) } item changes its
   *[other] { NUMBER($items) } items change their
 } category.
merge-categories = Merge categories
rename-category = Rename category
new-name = New name
merge-hint = The name of another category merges the two.
no-categories = No categories yet
no-categories-about = A category exists while an item has it. Create an item with a category.
create-an-item = Create an item
all-categories = All categories
categories-caption = Categories with their totals

## Warehouse pages

no-such-warehouse = No such warehouse
no-match-here = No item in this warehouse matches
warehouse-empty = This warehouse is empty
warehouse-empty-about = Open an item and receive units of it into this warehouse, or move some here.
filter-its-items = Filter its items
units-available-here = { $units ->
    [one] { NUMBER($units) } unit
   *[other] { NUMBER($units) } units
 } available here
search-its-items = Search its items by name
warehouse-items = Items in this warehouse
archive-page = Archive
download-stock = Download stock
add-warehouse = Add warehouse
is-default = default warehouse
warehouse-added = Warehouse { $code } added.
priority-hint = Orders are allocated from warehouses with lower numbers first. Default: 0.
latitude = Latitude
longitude = Longitude
latitude-hint = Degrees, such as 52.52. Orders can be allocated from the nearest warehouse.

## Fields and dialogs

optional = optional
whole-number-min = Enter a whole number of at least 1.
amount-hint = An amount, such as 12.90
signed-number = A whole number, such as 12 or -3
degrees = Degrees, such as 52.52
part-of-name = Part of a name
no-name-match = No item name contains this text.

## Search and shortcuts

shortcut-main = The page's main action, such as a new item
shortcut-next = Next row
shortcut-previous = Previous row
shortcut-select = Select the row
shortcut-open = Open the row
shortcut-help = Show this list
palette = Search or run a command
keyboard-shortcuts = Keyboard shortcuts
matches = Matches
found-count = { NUMBER($count) } found
go-to = Go to { $page }
single-key-shortcuts = Single-key shortcuts
import-file = Import a file
toggle-dense = Toggle dense tables
show-shortcuts = Show keyboard shortcuts

## Items

import = Import
search-items = Search items by name
apply = Apply
no-item-matches = No items match
no-item-matches-about = Try other words or fewer filters.
clear-filters = Clear the search and filters
no-items = No items yet
no-items-about = An item is a product: a name, a price, a category and its first stock.
create-first-item = Create the first item
all-warehouses = All warehouses
running-low = Running low
sold-out = Sold out
or-fewer = { NUMBER($units) } or fewer
stock = Stock
any-stock = Any stock

## Orders

warehouse-code = Warehouse code
from-day = From
to-day = To
filter = Filter
no-orders = No orders yet
no-orders-about = An order lists the items that a customer bought. Allocating it takes the units out of stock.
create-first-order = Create the first order
no-order-matches = No orders match
no-order-matches-yet = No orders match so far: see the next page
show-all-orders = Show all orders
and-more = { $names } and { NUMBER($more) } more

## Overview

welcome = Welcome to Stockhold
welcome-about = It keeps your stock correct while thousands of buyers compete for the same unit. Start with the items that you sell.
import-items-and-stock = Import items and stock
connect-shop = Connect the shop: the REST API
figures = Figures
items-and-sold-out = { $items ->
    [one] { NUMBER($items) } item
   *[other] { NUMBER($items) } items
 }, { NUMBER($out) } sold out
active-holds = { $holds ->
    [one] { NUMBER($holds) } active hold
   *[other] { NUMBER($holds) } active holds
 }
sold-about = confirmed holds and allocated orders
expiring-soon = Expiring soon
holds-within = { $holds ->
    [one] { NUMBER($holds) } hold
   *[other] { NUMBER($holds) } holds
 } within { $minutes ->
    [one] { NUMBER($minutes) } minute
   *[other] { NUMBER($minutes) } minutes
 }
orders-to-allocate = Orders to allocate
pending-note = pending
last-hour = The last hour
per-minute = per minute
most-held = Most held, last hour
nothing-held = Nothing was held in the last hour.
most-held-caption = Items with the most held units in the last hour
low-categories = Categories running low
all-low-items = All items that run low
nothing-low = No item runs low.
low-caption = Categories with items that run low
recent-problems = Recent problems
no-problems = Nothing was rejected since the server started.
recent-problems-caption = Recent problems and their reasons
chart-level = { $name }: { NUMBER($now) } now, between { NUMBER($min) } and { NUMBER($max) }
chart-sum = { $name }: { NUMBER($sum) } in all, at most { NUMBER($max) }, { NUMBER($now) } now

## Navigation

about-stockhold = Stockhold keeps an online shop's stock correct.
skip-to-content = Skip to content
sections = Sections
nav-overview = Overview
nav-categories = Categories
find-anything = Find anything
live-signed-out = Signed out
live-on = Live
live-connecting = Connecting…
live-silent = No updates for { NUMBER($seconds) } s, reconnecting
theme = Colours
theme-system = System theme
theme-light = Light theme
theme-dark = Dark theme

## Search

palette-pages = Pages
palette-views = Views
palette-commands = Commands
palette-hint = Search or run a command…
searching = Searching…
nothing-found = Nothing found for “{ $words }”.
search-title = Search
search-field = Name, number, SKU, barcode or reference
no-barcode = No item has the barcode { $code }.
search-for-it = Search for it

## Missing things

check-address = Check the address, or look for it in the list.
see-all = See all: { $list }
no-such-category = No such category
no-item-has-category = No items in the category “{ $name }”.
no-warehouse = There is no warehouse { $number }.
no-such-hold = No such hold

## Saved views

saved-views = Saved views
save-view-as = Save this view as
rename-view-to = Rename the view to
delete-view = Delete view { $name }

## A hold

extend-by-an-hour = Extend by an hour

## Settings

settings = Settings
settings-personal = Language and formats
settings-personal-hint = These choices apply to this browser. Without a choice, the browser’s language and time zone apply.
settings-server = Server settings
settings-server-hint = The settings in force. To change one, set its environment variable and restart the server.
setting-of-browser = As the browser
setting-of-language = As the language
setting-default = default
setting-environment = environment variable
setting-command-line = command line
setting-name = Setting
setting-source = Source
setting-meaning = Meaning
language = Language
language-name = { $code ->
    [en] English
    [de] Deutsch
   *[other] { $code }
 }
number-format = Numbers
currency = Currency
currency-hint = Three capital letters, such as EUR. Empty: prices without a currency.
time-zone = Time zone
time-zone-hint = A name such as Europe/Berlin. Empty: the browser’s. In force: { $zone }.
first-weekday = First day of the week
monday = Monday
saturday = Saturday
sunday = Sunday

## Help

help = Help
help-unknown = No such help page
help-unknown-hint = Choose one of these topics.
help-all = All topics
help-open = Open { $page }
help-api = API documentation
carts = Carts
imports = Imports
account = Account
help-start = First steps
help-start-1 = Four steps connect a shop: a warehouse, items with stock, a first hold, and the shop’s requests.
help-start-2 = A warehouse named MAIN exists from the start. Rename it or add others under “Warehouses”. Then create an item under “Items” and receive stock for it, or import a file with both.
help-start-3 = Hold one unit of the item: open it and choose “Hold stock”. Its available units fall by one. Release the hold, and they return.
help-start-4 = Create an API client and a token under “API clients”. The shop holds stock with POST /api/carts when a buyer checks out, and confirms the cart after the payment.
help-stock = Available, held, allocated, on hand
help-stock-1 = On hand are all units on the shelf. Available are those that can be sold now: on hand less held, sold, allocated, damaged and quarantined units.
help-stock-2 = Every change of stock is a movement in the ledger, with its reason, its author and its time. The history of an item lists them.
help-stock-3 = A count sets the units of a warehouse to what is on the shelf. The difference is a movement, too.
help-stock-4 = The command stockhold reconcile compares the stock with the ledger. The overview shows the result of its last run. Its output names each discrepancy and the remedy.
help-holds = Holds
help-holds-1 = A hold takes units off sale for a limited time, one hour by default, so that a buyer can pay in peace.
help-holds-2 = Confirming a hold sells its units. Releasing it returns the units at once. A hold that expires returns its units by itself.
help-holds-3 = A thousand buyers can reach for the last unit, and exactly one gets it. Units of expired holds are offered again before any request is refused.
help-carts = Carts
help-carts-1 = A cart is a set of holds with one life: they are confirmed, extended, released and expire together. All lines are held, or none.
help-carts-2 = The shop can change the lines of a cart, record a running payment so that the cart does not expire during it, and turn a cart into an order.
help-orders = Orders
help-orders-1 = An order lists items and quantities. Allocating it takes the units of all lines at once, or none, from one warehouse or by a plan from several.
help-orders-2 = If some units are missing, an order can be allocated in part. The rest can wait for new stock.
help-orders-3 = Allocated units leave the shelf when the order ships. Cancelling returns them to sale. Returned goods become available again, or damaged or quarantined.
help-queue = The queue of waiting orders
help-queue-1 = An order that lacks units can wait. Incoming stock goes to the waiting orders by priority, then by age, within about a second.
help-queue-2 = The page of an order shows its place in the queue and the units that are missing per item.
help-warehouses = Warehouses and plans
help-warehouses-1 = Stock is kept per warehouse. A hold without a warehouse takes its units from the one that has the most.
help-warehouses-2 = A sourcing policy chooses the warehouses of an order: by priority, by distance, by the highest stock, or with the fewest parcels.
help-imports = Imports
help-imports-1 = An import creates or changes items and counts stock from a CSV or spreadsheet file. The file is checked first, and nothing changes before you apply it.
help-imports-2 = The page of an import shows the value before and after for each row. Rows with errors can be corrected in the file and imported again.
help-access = People, roles and API clients
help-access-1 = A viewer reads. An operator also holds, allocates, ships and receives. A manager also changes items and warehouses. An administrator also manages people and API clients.
help-access-2 = A person or client can be limited to warehouses. The audit log records every change with its author.

## Receive, count and move

drafts = Receive, count, move
drafts-hint = Enter a delivery, a count or a move line by line, by scanner or by hand. Nothing changes until you post it, and then all lines change at once.
drafts-open = Open documents
drafts-posted = Recently posted
drafts-none = No open documents
draft-new = New document
draft-kind = Kind
draft-receipt = Delivery
draft-count = Count
draft-move = Move
draft-name = Document
draft-name-hint = For example the number of the delivery note. The history of each item shows it.
draft-warehouse = Warehouse (of a move: from)
draft-target = To (only for a move)
draft-no-target = –
draft-create = Create document
draft-lines = Lines
draft-by = By
draft-at = Time
draft-created-at = Created
draft-posted-at = Posted
draft-code = SKU or barcode
draft-remove = Remove
draft-units-of = Units of { $item }
draft-empty = No lines yet. Scan a barcode, or enter a SKU.
draft-checked = Checked
draft-post-receipt = Receive all
draft-post-count = Set the counted units
draft-post-move = Move all
draft-posted = { $units ->
    [one] Posted: { NUMBER($units) } unit.
   *[other] Posted: { NUMBER($units) } units.
 }
draft-delete = Delete document
draft-print = Print this page to take it to the shelf. Buttons and navigation are left out.
draft-missing = No such document
draft-missing-hint = It may have been deleted. The list shows all documents.

## Forms of the server

present-units = Present units
name-hint = a-z, 0-9, '.', '_' and '-'. It can't be changed or used again.
copy-now = Copy it now. It is not shown again.
warehouses-limit-hint = Codes, separated by commas. Stock, holds and orders can be changed only there. Leave empty for all warehouses.
warehouses-of = Warehouses of { $name }
all-placeholder = all

## Sign-in

continue-to = Continue to { $name }
sign-in-with = Sign in with { $provider }
sign-in-code-hint = From your authenticator app, or a recovery code. Leave empty if you have not set up a second factor.
or-choose-password = Or choose a password:
sign-in-name = Your name for the sign-in:
password-hint = 12 to 256 characters. A few random words are good.
password-again = Password again
set-password = Set password
choose-password = Choose a password

## Account

not-allowed = Not allowed
not-allowed-detail = Your role does not include this page. An administrator can change your role.
local-access = Local access: everyone on this machine is an administrator until the first administrator has a password.
people = People
api-clients = API clients
audit-log = Audit log
current-password = Current password
new-password = New password
password-length = 12 to 256 characters.
new-password-again = New password again
change-password = Change password and end all other sessions
factor-set = A second factor is set.
factor-not-set = No second factor is set.
second-factor = Second factor
factor-scan = Scan the code with an authenticator app, or type the secret. Then enter the code that the app shows.
factor-open-app = Open in an app on this device
six-digits = 6 digits.
set-factor = Set second factor
replace-factor = Replace second factor
set-up-factor = Set up second factor
remove-factor = Remove second factor
account-linked = Your account is linked.
account-not-linked = Your account is not linked.
remove-link = Remove link and end all other sessions
link-with = Link with { $provider }
sign-in-by = Sign-in with { $provider }
qr-code = QR code of the secret
recovery-codes = Recovery codes
store-recovery-codes = Store these recovery codes. They are not shown again.
recovery-codes-use = Each replaces one code of the authenticator app.
this-session = This session
end-session = End
sessions = Sessions
your-sessions = Your sessions
signed-in = Signed in
last-used = Last used
address = Address
browser = Browser
sign-out-everywhere = Sign out everywhere

## People

link-valid = The link for { $name } can be used once, within 24 hours.
one-time-link = One-time link
display-name = Display name
role = Role
invite-person = Invite a person
display-name-hint = Leave empty for the name.
invite = Invite
disabled = disabled
invited = invited
enabled = enabled
enabled-factor = enabled, with a second factor
enable = Enable
new-link = New link
end-sessions = End sessions
disable = Disable
role-of = Role of { $name }
role-viewer = viewer
role-operator = operator
role-manager = manager
role-administrator = administrator

## API clients

scope-read = read everything
scope-stock = receipts, moves and write-offs
scope-holds = holds and carts
scope-orders = orders
scope-items = items, categories, warehouses and imports
scope-webhooks = webhooks
scope-admin = people, clients and the audit log
token-expires = Token { $id } of { $client } expires on { $time }.
new-token = New token
clients-and-tokens = API clients and their tokens
client-or-token = Client or token
scopes-or-state = Scopes or state
expires = Expires
no-clients = There are no clients yet.
add-client = Add client
scopes = Scopes
token-days = Days until the token expires
token-days-hint = 1 to 3,650. Leave empty for the default of the server.
disabled-on = disabled on { $time }
token-valid = valid
token-rejected = rejected: the client is disabled
token-expired = expired
token-revoked = revoked
revoke = Revoke
never = never
token = Token

## Audit log and changes

no-events = No events match this filter.
audit-summary = Sign-ins, changes of people, clients, items, warehouses and orders, and extended holds; latest first.
download-movements = Download all movements
events = Events
event = Event
event-origin = Credential, address, request
before = Before
after = After
actor-hint = For example person:anna or client:webshop.
subject-hint = For example client:webshop, item:7 or order:5.
first-day-hint = The first day, in UTC.
last-day-hint = The last day, in UTC.
no-changes = No changes match this filter.
changes-summary = Changes of items, categories and warehouses, latest first. Stock movements are on the item pages.
changes-latest-first = Changes, latest first
before-after = Before → after
item-id-hint = The id of an item, instead of its SKU.
category-renames-hint = Renames from or to this name.
item-created = Item created
item-changed = Item changed
item-archived = Item archived
item-restored = Item restored
category-renamed = Category renamed
warehouse-created = Warehouse created
warehouse-changed = Warehouse changed
warehouse-archived = Warehouse archived
warehouse-restored = Warehouse restored
low-stock-at = Low stock at
first-stock = First stock
archived = Archived
default-warehouse = Default warehouse

## Details of items and warehouses

warehouse-priority-hint = Orders are allocated from warehouses with lower numbers first.
position-hint = Degrees, such as 52.52 and 13.405. Orders can be allocated from the nearest warehouse. Leave empty for no position.
archive = Archive
archive-title = Archive
item-archived-on = Archived on { $time }. It can't be sold, and lists don't show it.
restore = Restore
changes-of = Changes of { $name }
open-item = Open item
all-changes = All changes
low-stock-hint = Unsold units at which the signal stock.low is sent. 0: never. Leave empty for the setting of the server.
low-stock-setting = The setting of the server is { NUMBER($units) }.
save-threshold = Save threshold
warehouse-archived-on = Archived on { $time }. It receives no units, and lists don't show it.
default-warehouse-state = The default warehouse: it receives the stock of requests that name no warehouse.
make-default = Make default
warehouse-code-hint = Short and unique, such as BER-1.
save-warehouse = Save warehouse
archive-summary = Archived items can't be sold, and archived warehouses receive no units. Open one to restore it.
archived-items = Archived items
archived-warehouses = Archived warehouses
available-units = Available units
since = Since

## Imports

imports-latest-first = Imports, latest first
file = File
import-result = Result
uploaded = Uploaded
download-items = Download items
earlier-imports = Earlier imports
no-imports = No file has been imported yet.
import-file-hint = A CSV file of at most { $megabytes } MB, for example an export from Excel, Shopify or WooCommerce.
import-summary = A file of items has names, categories, prices and barcodes. A file of stock has counted units or changes of units. You see what the file changes, and nothing is changed until you apply it.
import-kind = The file changes
import-kind-detect = Decide by its columns
upload = Upload
import-uploading = Uploading
import-checking = Checking
import-undecided = Needs your choice
import-ready = Ready to apply
import-applying = Applying
import-cancelled = Cancelled
import-failed = Failed
import-applied = Applied
import-origin = Uploaded on { $time } by { $actor }.
import-ended = Ended on { $time }.
import-applied-by = Applied by { $actor }.
import-removed = The file and its rows are no longer stored.
import-repeats = The same file was applied before:
import-id = Import { $id }
import-apply = { $errors ->
    [0] Apply
    [one] Apply without the row with an error
   *[other] Apply without the { NUMBER($errors) } rows with errors
 }
download-errors = Download errors
download-file = Download file
import-progress-applied = Applied: { NUMBER($done) } of { $total ->
    [one] { NUMBER($total) } row.
   *[other] { NUMBER($total) } rows.
 }
import-progress-checked = Checked: { NUMBER($done) } of { NUMBER($total) } KB.
import-progress-arrived = Arrived: { NUMBER($done) } KB.
progress = Progress
import-reloads = This page reloads until the work is done. You can leave it meanwhile.
import-impossible = The file can't be imported.
import-ambiguous = The file can be read in several ways. Choose below:
encoding-utf-8 = Unicode (UTF-8)
encoding-utf-16le = Unicode (UTF-16, little-endian)
encoding-utf-16be = Unicode (UTF-16, big-endian)
encoding-western = Western European (Windows-1252)
encoding-central = Central European (Windows-1250)
encoding-cyrillic = Cyrillic (Windows-1251)
encoding-greek = Greek (Windows-1253)
encoding-turkish = Turkish (Windows-1254)
encoding-japanese = Japanese (Shift_JIS)
delimiter-comma = comma
delimiter-semicolon = semicolon
delimiter-tab = tab
delimiter-bar = vertical bar (|)
decimal-point = point (12.90)
decimal-comma = comma (12,90)
import-kind-items = items
import-kind-stock = stock
item-number = Item id
counted-units = Counted units
change-of-units = Change of units
reason-for-change = Reason for the change
import-layout = How the file is read
import-format = Encoding: { $encoding }. Delimiter: { $delimiter }. Decimal sign: { $decimal }.
import-changes-items = It changes items.
import-changes-stock = It changes stock.
encoding = Encoding
delimiter = Delimiter
decimal-sign = Decimal sign
detect = Detect
detected = Detected: { $words }
read-differently = Read the file differently
header-line = Line with the column names
check-again = Check the file again
line-number = Line { $line }
not-used = Not used
choose-quantity = Choose: counted units or a change
ignore = Ignore
rows-unchanged = { $rows ->
    [one] { NUMBER($rows) } row changes nothing.
   *[other] { NUMBER($rows) } rows change nothing.
 }
rows-with-warning = { $rows ->
    [one] { NUMBER($rows) } row has a warning.
   *[other] { NUMBER($rows) } rows have warnings.
 }
rows-with-error = { $rows ->
    [one] { NUMBER($rows) } row has an error and is not applied.
   *[other] { NUMBER($rows) } rows have errors and are not applied.
 }
creates-items = { $items ->
    [one] Creates { NUMBER($items) } item.
   *[other] Creates { NUMBER($items) } items.
 }
changes-items = { $items ->
    [one] Changes { NUMBER($items) } item.
   *[other] Changes { NUMBER($items) } items.
 }
changes-no-items = Changes no items.
changes-no-stock = Changes no stock.
sets-levels = { $levels ->
    [one] Sets { NUMBER($levels) } stock level to the counted number, which includes held units.
   *[other] Sets { NUMBER($levels) } stock levels to the counted number, which includes held units.
 }
adds-units = { $units ->
    [one] Adds { NUMBER($units) } unit.
   *[other] Adds { NUMBER($units) } units.
 }
removes-units = { $units ->
    [one] Removes { NUMBER($units) } unit.
   *[other] Removes { NUMBER($units) } units.
 }
rows-applied = { NUMBER($applied) } of { $total ->
    [one] { NUMBER($total) } row applied.
   *[other] { NUMBER($total) } rows applied.
 }
rows-in-conflict = { $rows ->
    [one] { NUMBER($rows) } row was not applied, because the item or its stock was changed in the meantime.
   *[other] { NUMBER($rows) } rows were not applied, because the item or its stock was changed in the meantime.
 }
rows-refused = { $rows ->
    [one] { NUMBER($rows) } row was refused.
   *[other] { NUMBER($rows) } rows were refused.
 }
import-recognized = The file is recognized as an export: { $format }.
title-line = Line { $line } is a title and is skipped. Line { $header } names the columns.
title-lines = Lines { $first } to { $last } are titles and are skipped. Line { $header } names the columns.
ignored-columns = Ignored columns: { $columns }.
errors = Errors
warnings = Warnings
not-applied = Not applied
rows-of-file = Rows of the file
line = Line
problems = Problems
rows = Rows
rows-to-show = Rows to show
no-rows = There are no such rows.
held-in-count = { NUMBER($units) } held, which a count includes.
conflict = Conflict
refused = Refused
create = Create
unchanged = Unchanged
error = Error
warning = Warning

## Carts

no-cart-with = No cart has the reference “{ $reference }”.
newest-first = Newest first.
cart = Cart
carts-with-reference = Carts with the reference, newest first
cart-reference-hint = The shop's key for the cart or its buyer.
no-such-cart = Cart not found
cart-id = Cart { $id }
cart-active = Active
expired = Expired
cart-being-paid = The cart is being paid. Until the payment ends, it can be confirmed, but not changed, extended or released.
cart-active-state = The cart holds its units until it expires.
cart-confirmed-state = The cart was confirmed. Its units are sold.
cart-released-state = The cart was released. It holds no units. These were its last lines.
cart-ordered-state = The units of the cart belong to an order. These were its last lines.
cart-expired-state = The cart has expired. It can't be confirmed or extended. These were its last lines.
end-payment = End payment
release = Release
confirm = Confirm
cart-lines = Lines of the cart
size = Size
version = Version
taken-again = Taken again
payment = Payment
payment-until = Payment ends by
extend-hint = 1 to { NUMBER($minutes) }. A later expiry is kept.
extend = Extend
minutes-from-now = Minutes from now

## Order lines

lines-changeable = Lines can be changed while no units are allocated. Zero units remove a line.
lines-fixed = The lines of this order can't be changed any more.
order-lines = Lines of the order
no-sku-hint = For an item without an SKU.
save-lines = Save lines
lines-of-order-named = Lines of order { $id }
open-order = Open order
units-of = Units of { $name }

## Documents of an order

pick-list = Pick list
packing-slip = Packing slip
document-of-order = { $document } of order { $id }
nothing-allocated = No units are allocated to this order.
back-to-order = Back to order
print-hint = Print this page. Navigation and buttons are not printed.
picked = Picked
units-to-pick = Units to pick
units-in-parcel = Units in the parcel
no-such-order = Order not found

## Shipping

ship-all = Ship all allocated units
cancel-or-reassign = Cancel or reassign units
action = Action
ship-order = Ship order { $id }
shipping-summary = Shipped units are no longer on hand. Returned units come back to the warehouse that shipped them.
units-by-warehouse = Units of the order by item and warehouse
into-available = Available: can be sold again
damaged = Damaged
into-quarantine = Quarantine: to be inspected
condition = Condition
number-of-units = Number of units
return-hint = At most the units that were shipped and not returned.
take-units-back = Take units back
take-back = Take back
ship = Ship

## Allocation of an order

allocate-order = Allocate order { $id }
units-to-allocate = { $units ->
    [one] { NUMBER($units) } unit is left to allocate. Allocated units are no longer available.
   *[other] { NUMBER($units) } units are left to allocate. Allocated units are no longer available.
 }
all-allocated = Every unit is allocated.
all-shipped = Every unit is shipped.
order-is-cancelled = The order is cancelled.
not-in-queue = Not in the queue
queue-place = Place { NUMBER($place) }
queue-far = After more than 1,000 orders
waiting-since = Waiting since
too-many-fields = The table has at most { NUMBER($max) } fields, and this order needs { NUMBER($fields) }. Send the plan to the REST API instead.
by-hand = By hand
fields-of-plan = The fields have the units of plan { $number }.
by-hand-hint = Each line needs exactly its missing units. Available units are shown below each field.
units-per-warehouse = Units by warehouse
line-units-per-warehouse = Units of each line by warehouse
allocate-these = Allocate these units
units-of-from = Units of { $name } from { $warehouse }
fill-summary = Takes the missing units that are available now. The others wait in the queue and are allocated when units arrive.
fill-summary-limited = Takes the missing units that are available now in your warehouses.
wait-for-rest = Wait for the rest
queue-priority-hint = Higher numbers first, then the order that has waited longest.
queue-not-waiting = The missing units are not in the queue. In the queue, they are allocated when units arrive.
join-queue = Join the queue
queue-waiting = The missing units wait at place { NUMBER($place) } of the queue.
change-priority = Change priority
queue-waiting-far = The missing units wait after more than 1,000 other orders.
leave-queue = Leave the queue
queue-of-missing = Queue of missing units
queue-priority = Priority in the queue
cancel-units = Cancel units
cancel-units-summary = For units that the customer no longer wants. Missing units are cancelled first, then allocated ones, which become available again. An order without units is cancelled.
units-to-cancel = Units to cancel
units-to-cancel-hint = Leave empty for all units that are not shipped.
everything-it-misses = Everything that it lacks
give-units-title = Give units to another order
give-units-summary = Passes allocated units to an order that lacks them. Stock does not change.
give-to = Order that receives the units
its-number = Its number.
units-to-give = Units to give
units-to-give-hint = With an item. Leave empty for as many as it lacks.
give-units = Give units
everything-missing = Everything that is missing
take-units-title = Take units from another order
take-units-summary = Takes allocated units of another order that this one lacks. Stock does not change.
take-from = Order that has the units
missing-item = Missing item
units-to-take = Units to take
units-to-take-hint = With an item. Leave empty for as many as it has.
take-units = Take units
no-parcel = No parcel
parcels-from = { $parcels ->
    [one] { NUMBER($parcels) } parcel, from { $warehouses }
   *[other] { NUMBER($parcels) } parcels, from { $warehouses }
 }
listed = { $words } and { $last }
fewest-possible = fewest possible
fewest-found = fewest found
first-by-priority = first by priority: { $warehouses }
nearest-are = nearest: { $distances }
has-highest-stock = highest stock
unknown-distance = unknown distance
units-less = { $units ->
    [one] { NUMBER($units) } unit less than the best plan
   *[other] { NUMBER($units) } units less than the best plan
 }
parcels-equal = as many parcels as the best plan
parcels-more = { $parcels ->
    [one] { NUMBER($parcels) } parcel more than the best plan
   *[other] { NUMBER($parcels) } parcels more than the best plan
 }
parcels-less = { $parcels ->
    [one] { NUMBER($parcels) } parcel less than the best plan
   *[other] { NUMBER($parcels) } parcels less than the best plan
 }
policy-fewest = Fewest parcels
policy-priority = By priority
policy-nearest = Nearest
policy-stock = Highest stock
may-split = May be split
not-split = Not split
plans-exact = Best plan first. All combinations of warehouses were compared.
plans-inexact = Best plan first. Too many warehouses have these items to compare all combinations, so a better plan may exist.
no-plan = No plan: no warehouse has available units of these items.
plans = Plans
policy = Policy
max-parcels = Maximum parcels
show-plans = Show plans
most-units = most units: { NUMBER($units) } of { NUMBER($wanted) }
every-unit = Every unit
units-missing = { $units ->
    [one] { NUMBER($units) } unit missing
   *[other] { NUMBER($units) } units missing
 }
change-by-hand = Change by hand
allocate-plan = Allocate plan { $number }: { $plan }
allocate-this-plan = Allocate this plan
plan-number = Plan { $number }
wait-for-units = Wait for units
ordered = Ordered
units-left = Units to allocate
missing-by-line = Missing units by line
missing-of-lines = Missing units of each line
receive-units-of = Receive units of { $name } in { $warehouse }
move-from = Move { NUMBER($units) } from { $warehouse }
move-units-of = Move units of { $name } from { $source } to { $target }

## Result of a form

confirm-holds = Confirm holds
release-holds = Release holds
extend-holds = Extend holds
holds-confirmed = { NUMBER($done) } confirmed, { NUMBER($rejected) } rejected.
holds-released = { NUMBER($done) } released, { NUMBER($rejected) } rejected.
holds-extended = { NUMBER($done) } extended, { NUMBER($rejected) } rejected.
rejected = Rejected
extended = Extended
held-until = Held until { $time }
back-to-holds = Back to holds
outcome-of-each = Outcome of each hold

## Problems

problem-unreadable = The request can't be read
problem-invalid-value = A value is not allowed
problem-not-found = Nothing here
problem-method-not-allowed = Method not allowed
problem-signed-out = You are not signed in
problem-credentials = The credentials are not valid
problem-sign-in = The sign-in was rejected
problem-throttled = Too many attempts
problem-attempt = The sign-in has ended
problem-link = The link is not valid
problem-person-not-found = Person not found
problem-person-conflict = The person can't be changed
problem-forbidden = A permission is missing
problem-cross-site = The request came from another site
problem-item-not-found = Item not found
problem-warehouse-not-found = Warehouse not found
problem-hold-not-found = Hold not found
problem-cart-not-found = Cart not found
problem-order-not-found = Order not found
problem-line-not-found = The order has no line of this item
problem-client-not-found = Client not found
problem-token-not-found = Token not found
problem-import-not-found = Import not found
problem-body-timeout = The request took too long
problem-short = Not enough stock
problem-shortage = The order was not allocated
problem-overflow = Too many units
problem-mismatch = The stock has changed
problem-below-held = The count is too low
problem-condition = Too few units are in this condition
problem-document = Some lines are refused
problem-already-sold = The hold is already sold
problem-not-sold = The hold is not sold yet
problem-hold-shipped = The units are shipped
problem-cart-not-confirmed = The cart is not confirmed
problem-hold-expired = The hold has expired
problem-hold-released = The hold was released
problem-hold-in-cart = The hold belongs to a cart
problem-cart-confirmed = The cart is already confirmed
problem-cart-expired = The cart has expired
problem-cart-released = The cart was released
problem-hold-ordered = The hold belongs to an order
problem-cart-ordered = The cart belongs to an order
problem-cart-changed = The cart was changed in the meantime
problem-payment-running = The cart is being paid
problem-payment-not-running = No payment of the cart is running
problem-payment-reference = Another cart has this payment reference
problem-cart-life = The payment ends too late
problem-reference = The reference is taken
problem-over-hold = The hold has fewer units
problem-hold-limit = Too many units for one hold
problem-holds-limit = Too many holds with this reference
problem-allocated = The order is already allocated
problem-plan = The plan does not match the order
problem-order-shipped = Units of the order are shipped
problem-over-line = The line has fewer units
problem-units-shipped = The units are shipped
problem-not-reassignable = The units can't be reassigned
problem-lines-fixed = The order's lines can't be changed any more
problem-nothing-to-ship = The order has no units to ship
problem-over-allocated = The order has fewer units to ship
problem-over-returned = More units than were shipped
problem-order-cancelled = The order is cancelled
problem-sku-taken = Another item has this SKU
problem-barcode-taken = Another item has this barcode
problem-category-exists = The category exists in another spelling
problem-code-taken = Another warehouse has this code
problem-item-archived = The item is archived
problem-item-held = Units of the item are held
problem-warehouse-archived = The warehouse is archived
problem-warehouse-stock = The warehouse has stock
problem-warehouse-default = This is the default warehouse
problem-import-state = The import does not allow this now
problem-client-name = Another client has this name
problem-client-disabled = The client is disabled
problem-client-limit = The client can't be limited to warehouses
problem-client-tokens = The client has the maximum of valid tokens
problem-changed = Changed in the meantime
problem-too-large = Too much data at once
problem-file-too-large = The file is too large
problem-host = The server has another name
problem-repeated = The form was sent before
problem-rate = Too many requests
problem-internal = Something went wrong
problem-busy = The server is busy
problem-stopping = The server is stopping
problem-partly-renamed = Some items were not renamed
problem-database = The database does not accept this now
problem-unknown = The outcome is unknown
problem-nothing-selected = No hold is selected
problem-cursor = The cursor is not known
problem-wrong-password = The password is wrong
problem-wrong-code = The code is wrong

## Details of problems

detail-short = You asked for { NUMBER($requested) }. { $available ->
    [0] None are available.
    [one] 1 is available.
   *[other] { NUMBER($available) } are available.
 }
detail-short-at = You asked for { NUMBER($requested) }. { $warehouse } has { $available ->
    [0] none
   *[other] { NUMBER($available) }
 }.
detail-short-item = { $item }: { NUMBER($requested) } requested, { NUMBER($available) } available.
detail-no-item = There is no item { $key }.
detail-no-warehouse = There is no warehouse { $key }.
detail-no-hold = There is no hold { $id }.
detail-no-cart = There is no cart { $id }.
detail-no-order = There is no order { $id }.
detail-hold-expired = Hold { $id } has expired, and its units are available again. Create a new hold.
detail-hold-released = Hold { $id } was released, and its units are available again. Create a new hold.
detail-already-sold = The units of hold { $id } are sold. There is nothing left to do.
detail-hold-in-cart = Hold { $id } belongs to cart { $cart }. Confirm, extend or release the cart.
detail-hold-ordered = The units of hold { $id } belong to order { $order }.
detail-over-hold = The hold has { NUMBER($available) } units, and you entered { NUMBER($requested) }.
detail-hold-limit = A hold may have at most { NUMBER($available) } units, and you entered { NUMBER($requested) }.
detail-cart-confirmed = Cart { $id } is confirmed: its units are sold.
detail-cart-expired = Cart { $id } has expired, and its units are available again.
detail-cart-released = Cart { $id } was released, and its units are available again.
detail-cart-ordered = The units of cart { $id } belong to order { $order }.
detail-cart-not-confirmed = Confirm cart { $id } first.
detail-payment-running = Cart { $id } is being paid until { $time }. Confirm the cart, or end the payment first.
detail-payment-not-running = Cart { $id } has no running payment.
detail-reference-order = Order { $id } has the reference { $key }.
detail-reference-cart = Cart { $id } has the reference { $key }.
detail-allocated = The units of order { $id } are allocated. Cancel the order to give them back.
detail-order-shipped = Units of order { $id } have left the shelf.
detail-order-cancelled = Order { $id } is cancelled. Create a new order.
detail-lines-fixed = Lines can be changed only while the order is pending.
detail-nothing-to-ship = Order { $id } has no allocated units there. Allocate it first.
detail-over-allocated = You entered { NUMBER($requested) }. The order has { NUMBER($available) } allocated units of the item there.
detail-over-returned = You entered { NUMBER($requested) }. { NUMBER($available) } units were shipped there and not returned.
detail-over-line = You entered { NUMBER($requested) }. The line has { NUMBER($available) } units.
detail-units-shipped = You entered { NUMBER($requested) }. { NUMBER($available) } units of the line are not shipped.
detail-not-reassignable = You entered { NUMBER($requested) }. { NUMBER($available) } units can pass from one order to the other.
detail-nothing-to-reassign = Order { $id } has no allocated units that the other order lacks.
detail-sku-taken = Item { $id } has the SKU { $key }. Choose another.
detail-barcode-taken = Item { $id } has the barcode { $key }. Remove it there first.
detail-category-exists = The category { $key } exists.
detail-code-taken = Choose another code.
detail-item-archived = Item { $id } can't be sold while it is archived. Restore it first.
detail-item-held = { $held ->
    [one] { NUMBER($held) } unit is held.
   *[other] { NUMBER($held) } units are held.
 } Archive the item after these holds have ended.
detail-warehouse-archived = An archived warehouse receives no units. Restore it first.
detail-warehouse-stock = { NUMBER($available) } units are available and { NUMBER($held) } are held there. Move them to another warehouse first.
detail-warehouse-default = Make another warehouse the default first.
detail-changed = Someone has changed this in the meantime. Load the page again before you change it.
detail-below-held = { NUMBER($requested) } counted, but { NUMBER($unavailable) } units on the shelf are held, sold, damaged or in quarantine.
detail-mismatch = The stock level has { NUMBER($present) } units, not { NUMBER($expected) }. Count again.
detail-condition = You entered { NUMBER($requested) }. { $present ->
    [one] { NUMBER($present) } unit is in this condition.
   *[other] { NUMBER($present) } units are in this condition.
 }
detail-signed-out = Your session has ended. Sign in again.
detail-forbidden = Your account lacks the permission { $permission }. An administrator can grant it.
detail-busy = Nothing was changed. Try again in a moment.
detail-timeout = The change may still happen. Check before you try again.
detail-unknown = The change was saved completely or not at all. Check before you try again.
detail-internal = The logs have the cause under the request id.
detail-nothing-selected = Select the holds first.
detail-empty = Enter a value.
detail-whole-number = Enter a whole number.
detail-at-least = Enter a whole number of at least { NUMBER($min) }.
detail-between = Enter a whole number from { NUMBER($min) } to { NUMBER($max) }.
detail-at-most-characters = Enter at most { NUMBER($max) } characters.
detail-amount = Enter an amount such as 9.99.
detail-passwords-differ = Enter the same password in both fields.
detail-other-warehouse = Choose two different warehouses.
detail-sign-in = The name, the password or the code is wrong.
detail-wrong-password = The current password is wrong.
detail-wrong-code = The code is wrong. Check that the clock of the device is right.
detail-link = The link is unknown, expired or used. Ask an administrator for a new one.
detail-attempt = The sign-in has expired or was used already. Start it again.
detail-identity = No person here is linked to this identity. Ask an administrator for an invitation.
detail-identity-taken = Another person is linked to this identity.
detail-no-person = There is no person { $name }.
detail-person-name = Another person has the name { $name }. The name of a disabled person can't be used again.
detail-person-disabled = { $name } is disabled. Enable the person first.
detail-last-administrator = { $name } is the last administrator who can sign in. Add another administrator first.
detail-throttled = Too many attempts. Try again in { NUMBER($seconds) } s.
detail-no-lines = Add at least one line.
detail-no-sku = There is no item with the SKU { $key }.
detail-no-code = There is no warehouse with the code { $key }.
detail-of-field = { $field }: { $detail }
detail-characters-between = Enter { NUMBER($min) } to { NUMBER($max) } characters.
detail-single-character = Do not repeat a single character.
detail-own-name = Do not use your name as the password.

## Messages after a form

done = Done.
request-rejected = The request was rejected.
local-admin = Local admin, no sign-in
factor-removed = The second factor is removed.
session-ended = The session has ended.
token-is-revoked = Token { $id } is revoked.
client-is-disabled = Client { $name } is disabled.
role-is = The role of { $name } is now: { $role }.
sessions-ended = Ended sessions of { $name }: { NUMBER($sessions) }.
person-is-disabled = { $name } is disabled.
person-is-enabled = { $name } is enabled.
not-limited = { $name } is not limited to warehouses.
limited-to = { $name } is limited to { $warehouses }.
cart-is-confirmed = The cart is confirmed.
payment-ended = The payment has ended.
order-created = The order is created.
cart-is-extended = The cart is extended.
cart-is-released = The cart is released.
units-are-shipped = The units are shipped.
units-came-back = The units are taken back.
lines-changed = The lines are changed.
lines-conflict = The lines were changed in the meantime, and nothing was saved. The form shows your units beside the present ones. Save again to replace the present ones.
sign-in-cancelled = The sign-in with { $provider } was cancelled.
sign-in-refused = { $provider } rejected the sign-in.
no-host = The request has no host.
sign-in-unavailable = The sign-in with { $provider } is not available now. Try again later, or use your password.
sign-in-invalid = The response of { $provider } is not valid. Start the sign-in again.
order-is-allocated = Order { $id } is allocated.
planned-short = { $item }: { NUMBER($requested) } planned, { NUMBER($available) } available
and-more-lines = { $lines ->
    [one] and { NUMBER($lines) } more line
   *[other] and { NUMBER($lines) } more lines
 }
plan-short = The plan needs units that are no longer available. Nothing was allocated. { $lines }. The plans below use the current stock.
allocated-and-waiting = { NUMBER($taken) } allocated, { NUMBER($waiting) } waiting.
allocated-and-missing = { NUMBER($taken) } allocated, { NUMBER($missing) } missing.
now-in-queue = The missing units wait in the queue.
left-queue = The order has left the queue.
order-is-cancelled-empty = Order { $id } is cancelled: no unit is left.
units-cancelled = { $units ->
    [one] { NUMBER($units) } unit cancelled.
   *[other] { NUMBER($units) } units cancelled.
 }
units-given = { $units ->
    [one] { NUMBER($units) } unit given to order { $order }.
   *[other] { NUMBER($units) } units given to order { $order }.
 }
units-taken-from = { $units ->
    [one] { NUMBER($units) } unit taken from order { $order }.
   *[other] { NUMBER($units) } units taken from order { $order }.
 }

## Problems on a page

until = until
request = Request
copied = Copied
copy-request-id = Copy request id
try-again = Try again
problem-unreachable = The server could not be reached
detail-unreachable = Check the connection and try again.

## Labels of several pages

available-here-label = Available here
receive-count = Receive { NUMBER($units) }
change-action = Change
authenticator-code = Code

## Lists that hold still

new-rows-show = { NUMBER($count) }{ $more } new – show
row-left = no longer in this list

## Messages of actions

discard-changes = Discard your changes?
action-hold-confirmed = { $which } confirmed: { $units } sold.
action-hold-released = { $which } released: { $units } back on sale.
action-hold-extended = { $which } extended.
action-failures-follow = { NUMBER($count) } failed:
action-holds-failed = { $which } failed:
action-hold-failure = Hold { $id }: { $reason }.
action-hold-restored = Hold { $old } restored as hold { $new }.
action-holds-restored = Holds { $old } restored as holds { $new }.
action-many-holds-restored = { $which } restored, with new numbers.
action-no-hold-restored = No hold restored.
action-holds-with-units = { $holds } with { $units }
action-release-holds = Release { $which }?
action-release-holds-note = The units go back on sale. Undo would hold them again under new numbers, if they are still available.

shortcut-undo = Undo the last action, while its message is shown

## Notifications

notifications = Notifications
notifications-mark-read = Mark all as read
notifications-none = There are no notifications.
notifications-unread = { $count ->
    [one] { NUMBER($count) } unread notification
   *[other] { NUMBER($count) } unread notifications
 }
notifications-kept = The latest 200 of the last 14 days. An order is listed while it waits.
unread = unread
notice-low = { $item } is low: { $units ->
    [one] { NUMBER($units) } unsold unit
   *[other] { NUMBER($units) } unsold units
 }
notice-sold-out = { $item } is sold out
notice-waiting = Order { $order } waits for units
notice-imported = { $file } was imported: { $rows ->
    [one] { NUMBER($rows) } row
   *[other] { NUMBER($rows) } rows
 }
notice-webhook-failing = The deliveries to the webhook { $name } fail
notice-import-failed = The import of { $file } failed

## Activity

activity = Activity
activity-minutes = Activity per minute of the last hour
period-eight-weeks = 8 weeks
span = Span
span-evening = Since yesterday evening
span-custom = Custom
span-text = From { $from } until { $until }
span-from = From
span-until = Until
show = Show
units-sold = Units sold
units-held = Units held
units-expired = Units expired
units-released = Units released
units-received = Units received
units-written-off = Units written off
units-returned = Units returned
requests-refused = Requests refused
units-refused = Units refused
confirmed = Confirmed
allocations = Allocations
running-out = Running out
running-out-none = No item runs out at its present pace.
sold-in-week = Sold in 7 days
lasts-for = Lasts for
few-hours = a few hours
one-day = 1 day
some-days = { $days } days
waiting-orders = Waiting orders
waiting-none = No order waits for units.
place = Place
units-of-item = { NUMBER($units) } × { $item }
more-items = { NUMBER($count) } more
last-receipts = Last receipts
receipts-none = Nothing was received.
people-and-checks = People and checks
items-at-threshold = { $count ->
    [one] { NUMBER($count) } item at or below its threshold
   *[other] { NUMBER($count) } items at or below their thresholds
 }
items-without-units = { $count ->
    [one] { NUMBER($count) } item is sold out
   *[other] { NUMBER($count) } items are sold out
 }
orders-wait-at-least = At least { NUMBER($count) } orders wait for units
orders-wait = { $count ->
    [one] { NUMBER($count) } order waits for units
   *[other] { NUMBER($count) } orders wait for units
 }
moved-by = { $actor }: { $units ->
    [one] { NUMBER($units) } unit
   *[other] { NUMBER($units) } units
 } in { $count ->
    [one] { NUMBER($count) } movement
   *[other] { NUMBER($count) } movements
 }
recorded-actions = { $count ->
    [one] { $actor }: { NUMBER($count) } recorded action
   *[other] { $actor }: { NUMBER($count) } recorded actions
 }
reconcile-never = stockhold reconcile has not run yet.
reconcile-clean = Last reconcile { $time }: every unit is accounted for.
reconcile-left = { $count ->
    [one] Last reconcile { $time }: { NUMBER($count) } discrepancy left.
   *[other] Last reconcile { $time }: { NUMBER($count) } discrepancies left.
 }

## Reasons of an unavailable item

why-unavailable = Why is it unavailable?
why-short = Why is it short?
stock-over-time = Stock over time
units-available-now = { $units ->
    [one] { NUMBER($units) } unit available
   *[other] { NUMBER($units) } units available
 }
units-held-for-buyers = { $units ->
    [one] { NUMBER($units) } unit held for buyers
   *[other] { NUMBER($units) } units held for buyers
 }
units-committed = { $units ->
    [one] { NUMBER($units) } unit sold or allocated, not shipped
   *[other] { NUMBER($units) } units sold or allocated, not shipped
 }
units-damaged = { $units ->
    [one] { NUMBER($units) } unit damaged
   *[other] { NUMBER($units) } units damaged
 }
units-quarantined = { $units ->
    [one] { NUMBER($units) } unit in quarantine
   *[other] { NUMBER($units) } units in quarantine
 }
next-hold-expires = The next hold expires in
last-receipt = { $units ->
    [one] Last receipt: { NUMBER($units) } unit at { $warehouse }, { $time }
   *[other] Last receipt: { NUMBER($units) } units at { $warehouse }, { $time }
 }
receipt-none = No receipt lately
largest-holds = Largest holds
holds-none = No units are held.
not-shipped = Allocated, not shipped
not-shipped-none = No order has units on the shelf.
sold-to = Sold to
last-sales = Last sales
sales-none = No units were sold lately.

## Movements and refused units

received-at = Received
no-movements = There are no movements with this filter.
movements-latest-first = Movements of stock, latest first.
movements-sum = { $units ->
    [one] { NUMBER($units) } unit
   *[other] { NUMBER($units) } units
 } in { $count ->
    [one] { NUMBER($count) } movement.
   *[other] { NUMBER($count) } movements.
 }
day-or-time-hint = A day such as 2026-11-28, or a time such as 2026-11-28T18:00:00Z, in UTC.
last-day-or-time-hint = The last day, or a time that is not included.
sold-in-holds = { $units } in confirmed holds
sold-of-orders = { $units } of orders: allocated, or shipped and not returned
sold-orders = Orders with units
sold-orders-none = No order has units.
refusals = Refused for a lack of stock
refusals-sum = { $units ->
    [one] { NUMBER($units) } unit
   *[other] { NUMBER($units) } units
 } of { $count ->
    [one] { NUMBER($count) } request refused,
   *[other] { NUMBER($count) } requests refused,
 } counted by whole hours. The counts are some seconds old.
requests = Requests
other-items = All other items
undo = Undo
rename = Rename
created-order = Order { $id } created: { $size }. Allocate it to take its units.
order-cancelled = Order { $id } cancelled.
order-allocated = Order { $id } is allocated: every line was taken.
created-item = { $name } created, { $units ->
    [one] { NUMBER($units) } unit
   *[other] { NUMBER($units) } units
 } available.
open-it = Open it
item-saved = { $name } saved.
changes-undone = Changes to { $name } undone.
move-undone = Undone: the units are back.
moved = Moved { NUMBER($units) } to { $code } (now { NUMBER($available) }).

units-expected = { $units ->
    [one] { NUMBER($units) } unit is expected in open deliveries.
   *[other] { NUMBER($units) } units are expected in open deliveries.
 }

## Holds for a customer

customer-reference = Customer reference
note = Note
period-other = Another duration
period-until = Until a date and time
duration = Duration
duration-unit = Unit
unit-minutes = minutes
unit-hours = hours
unit-days = days
hold-until = Hold until
units-sold-of-hold = Units sold
all-units-hint = Leave empty for all units.
rest-of-hold = Other units
rest-released = are released
rest-held = stay held
rest-stays-held = The other units stay held as hold { $id }.
confirm-part = Sell a part
detail-past = Enter a time in the future.
detail-too-late = Enter a time within the next 30 days.
detail-moment = Enter a date and a time.

## First steps

first-steps = First steps
step-done = Done
step-open = Open
step-warehouse = Set up your warehouses
step-items = Add items with stock
step-hold = Hold stock for the first time
step-client = Connect the shop: create an API client
dismiss-steps = Hide these steps
webhooks = Webhooks
webhooks-summary = A webhook sends each event of stock to another system: a signed message by HTTPS, in the order of each item.
no-webhooks = There are no webhooks yet.
add-webhook = Add webhook
change-webhook = Change webhook
webhook-url = URL
webhook-url-hint = https, without a user, a password or a private address.
webhook-kinds = Event kinds
webhook-kinds-hint = Such as movement.blocked and stock.low, separated by commas. Leave empty for all.
webhook-warehouses-hint = Codes, separated by commas. Leave empty for all warehouses.
webhook-skus = SKUs
webhook-skus-hint = One per line. Leave empty for all items.
webhook-signature = Signature
webhook-hmac = v1: a shared secret (HMAC)
webhook-ed25519 = v1a: a public key (ed25519)
webhook-waiting = Waiting events
webhook-set-aside = Events set aside
webhook-active = active
webhook-failing = failing
webhook-paused = paused
webhook-disabled = disabled
webhook-pause = Pause
webhook-resume = Resume
webhook-retry-now = Retry now
webhook-test = Send test
webhook-tested = The receiver answered the test with { $status }.
webhook-test-failed = The test got no answer: { $reason }
webhook-secret = New secret
webhook-secret-note = The receiver verifies messages with this secret.
webhook-public-key = Public key
webhook-public-key-note = The receiver verifies messages with this public key.
webhook-gone = The receiver answered that it wants no messages any more (410). Resume to send again.
webhook-cursor-unknown = The database has another history than before. Replay from a time, and resume.
webhook-cursor-archived = Events that this webhook did not get are archived. Replay from a later time, and resume.
webhook-delivered = Last delivery
webhook-failing-since = Failing since
webhook-waits-until = Waits until
webhook-cursor = Cursor
webhook-cursor-hint = A cursor of the event feed, or 0 for its start.
webhook-replay = Replay
webhook-replay-note = Sends the events after a position again. The receiver recognises repeated messages by their id.
webhook-since = Since (UTC)
webhook-since-hint = Events of up to a minute before may be sent too.
webhook-rotate = New secret
webhook-rotate-note = For 24 hours, messages have signatures by the old and the new secret.
webhook-delete = Delete webhook
webhook-delete-note = Its deliveries and the events that were set aside are deleted too.
webhook-deliveries = Deliveries
webhook-no-deliveries = Nothing was sent yet.
webhook-deliveries-note = The latest attempts. At a high rate, not every one is stored.
webhook-attempt = Attempt
webhook-result = Result
webhook-duration = Duration
webhook-exchange = Message
webhook-answer = Answer
webhook-no-answer = (empty)
webhook-send-again = Send again
webhook-send-all-again = Send all again
webhook-events-retried = { $count ->
    [one] { NUMBER($count) } event is sent again.
   *[other] { NUMBER($count) } events are sent again.
 }
milliseconds = { $count } ms
problem-webhook-not-found = Webhook not found
problem-webhooks-limit = Too many webhooks
detail-webhook-not-found = There is no such webhook. It may have been deleted.
detail-webhooks-limit = The maximum number of webhooks exists. Delete one first.
detail-webhook-url = Enter a URL that begins with https://, without a user, a password or a private address.
detail-event-kinds = Enter kinds of events such as movement.blocked or stock.low, separated by commas.
detail-webhook-cursor = Enter a cursor of the event feed or a time.
event-session-rejected = Sign-in rejected
event-session-revoked = Sessions ended
event-person-invited = Person invited
event-person-created = Person added
event-person-changed = Person changed
event-person-disabled = Person disabled
event-password-changed = Password changed
event-second-factor-changed = Second factor changed
event-identity-changed = Linked account changed
event-client-created = API client added
event-client-changed = API client changed
event-client-disabled = API client disabled
event-token-created = Token created
event-token-revoked = Token revoked
event-order-created = Order created
event-order-changed = Order changed
event-order-cancelled = Order cancelled
event-block-extended = Hold extended
event-payment-started = Payment started
event-payment-ended = Payment ended
event-import-created = File uploaded
event-import-applied = Import applied
event-import-cancelled = Import cancelled
event-view-saved = View saved
event-view-deleted = View deleted
event-webhook-created = Webhook created
event-webhook-changed = Webhook changed
event-webhook-rotated = Secret of a webhook replaced
event-webhook-disabled = Webhook disabled
event-webhook-deleted = Webhook deleted
event-archive-written = Old rows archived
event-server-started = Server started
import-row-problem = { $code ->
    [no_key] The row has neither a SKU nor an id: each import of it creates an item.
   *[other] { $message }
 }
setting-file = configuration file
