# Die Texte der Konsole auf Deutsch. Jeder Schlüssel von en.ftl kommt vor, mit denselben Variablen.

## Zahlen, Preise und Zeiten

price = { $amount } { $currency }
date-short = { $day }. { $month } { $time }
date-exact = { $day }. { $month } { $year } { $time } { $zone }
month-1 = Jan.
month-2 = Feb.
month-3 = März
month-4 = Apr.
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = Aug.
month-9 = Sept.
month-10 = Okt.
month-11 = Nov.
month-12 = Dez.
just-now = gerade eben
minutes-ago = vor { NUMBER($minutes) } Min.
hours-ago = vor { NUMBER($hours) } Std.
days-ago = { $days ->
    [one] vor { NUMBER($days) } Tag
   *[other] vor { NUMBER($days) } Tagen
 }
hours-left = { NUMBER($hours) } Std. { $minutes } Min.
days-left = { NUMBER($days) } T. { NUMBER($hours) } Std.
time-is-up = Zeit abgelaufen

## Allgemein

all = Alle
item = Artikel
category = Kategorie
warehouse = Lager
order = Bestellung
hold = Reservierung
item-named = Artikel { $id }
order-named = Bestellung { $id }
warehouse-named = Lager { $id }
units = Menge
quantity = Menge
lines = Positionen
available = Verfügbar
held = Reserviert
sold = Verkauft
on-hand = Bestand
missing = Fehlmenge
requested = Angefordert
share = Anteil
value = Wert
item-price = Preis
name = Name
code = Kürzel
sku = SKU
reference = Referenz
priority = Priorität
status = Status
reason = Grund
actor = Ausgeführt von
actions = Aktionen
time = Zeit
time-left = Restzeit
created = Erstellt
changed = Geändert
placed = Angelegt
count = Anzahl
problem = Problem
outcome = Ergebnis
status-pending = Offen
status-partial = Teilweise zugeteilt
waiting-tab = Wartet auf Ware
status-allocated = Zugeteilt
status-shipped = Versandt
status-cancelled = Storniert
state-released = Freigegeben
cancel = Abbrechen
edit = Bearbeiten
save = Speichern
close = Schließen
allocate = Zuteilen
order-size = { $lines ->
    [one] { NUMBER($lines) } Position
   *[other] { NUMBER($lines) } Positionen
 }, { NUMBER($units) } Stück
several-warehouses = mehrere Lager
items = Artikel
warehouses = Lager
orders = Bestellungen
holds = Reservierungen
allocated = Zugeteilt
shipped = Versandt
returned = Zurückgekommen
state = Zustand
none = Keine
nothing = keine
yes = ja
no = nein
search = Suchen
about = Betrifft
pages = Seiten
whole-number-hint = Eine ganze Zahl, zum Beispiel 12
sign-in = Anmelden
sign-out = Abmelden
password = Passwort
lines-count = { $lines ->
    [one] { NUMBER($lines) } Position
   *[other] { NUMBER($lines) } Positionen
 }
units-count = { $units ->
    [one] { NUMBER($units) } Stück
   *[other] { NUMBER($units) } Stück
 }
hold-named = Reservierung { $id }
lines-and-units = { $lines }, { $units }
change = Änderung

## Listen

contents = Inhalt
level = Stand
here = Hier
items-low = Knappe Artikel
rank = Rang
select-page = Alle Zeilen dieser Seite auswählen
select-row = Zeile { $id } auswählen
period-hour = 1 Stunde
period-day = 24 Stunden
period-week = 7 Tage
holds-current = Aktuelle
holds-active = Aktive
holds-expiring = Bald ablaufende
holds-ended = Kürzlich beendete
page-not-found = Seite nicht gefunden
page-not-found-title = Unter dieser Adresse gibt es keine Seite.
page-not-found-about = Vielleicht ist sie falsch geschrieben, oder die Seite ist umgezogen.
go-to-overview = Zur Übersicht
loading = Wird geladen …
download-csv = CSV herunterladen
view = Ansicht
columns = Spalten
dense-rows = Dichte Zeilen
first-page = Erste Seite
previous-page = Vorige Seite
next-page = Nächste Seite
page-links = Seiten
rows-per-page = Zeilen pro Seite
more-than = Mehr als { $rows }
items-count = { $count ->
    [one] { NUMBER($count) } Artikel
   *[other] { NUMBER($count) } Artikel
 }
orders-count = { $count ->
    [one] { NUMBER($count) } Bestellung
   *[other] { NUMBER($count) } Bestellungen
 }
holds-count = { $count ->
    [one] { NUMBER($count) } Reservierung
   *[other] { NUMBER($count) } Reservierungen
 }
item-added = Angelegt
search-categories = Kategorien durchsuchen
search-warehouses = Lager durchsuchen
placed-from = Angelegt ab
placed-until = Angelegt bis
no-hold-matches = Keine Reservierung passt
no-hold-matches-yet = Noch keine Reservierung passt: weiter mit der nächsten Seite
change-category = Kategorie ändern
change-threshold = Schwelle ändern
new-category = Neue Kategorie, oder leer für keine
new-threshold = Knapp ab so vielen Stück, oder leer für den Standard
allocate-available = Verfügbares zuteilen
cancel-orders = Bestellungen stornieren
done-changed = geändert
done-archived = archiviert
done-filled = zugeteilt, soweit verfügbar
done-cancelled = storniert
will-be-done = Folgendes wird { $done }: { $what }.
is-done = { $what } { $done }.
is-partly-done = { $what } { $done }, { $failed } nicht
selected-rows = Ausgewählte Zeilen
selected-count = { NUMBER($count) } ausgewählt
select-none = Auswahl aufheben
receive = Wareneingang
write-off = Ausbuchen
move-verb = Umlagern
verb-about = { $about }: { $verb }
about-hold = Reservierung { $id }
about-warehouse = { $code }
verb-selected = Auswahl: { $verb }
state-extending = wird verlängert …
messages = Meldungen
dismiss = Schließen
page-unreadable = Die Seite konnte nicht gelesen werden

## Seite einer Bestellung

order-with-reference = Bestellung { $id } · { $reference }
change-lines = Positionen ändern
ship-or-return = Versand oder Retoure
cancel-order = Bestellung stornieren
keep-order = Bestellung behalten
cancel-order-title = Bestellung { $id } stornieren
cancel-order-pending = Ihr ist noch kein Bestand zugeteilt. Das lässt sich nicht rückgängig machen.
cancel-order-allocated = Die zugeteilten Mengen werden wieder verfügbar. Das lässt sich nicht rückgängig machen.
allocated-from = Zugeteilt aus
allocated-nowhere = Nirgends
allocated-not-yet = Noch nicht
queue = Warteschlange
queue-at = Platz { NUMBER($place) },
queue-since = hinzugefügt
timeline = Verlauf
by-person = von { $name }
timeline-created = Erstellt mit { $size }.
timeline-partial = Teilweise zugeteilt. Lager: { $warehouse }.
timeline-allocated = Zugeteilt: { $size }. Lager: { $warehouse }.
timeline-pending = Noch zuzuteilen.
timeline-missing = Es fehlen Mengen.
timeline-shipped = Versandt.
timeline-cancelled = Storniert: Alle Mengen gingen zurück. Lager: { $warehouse }.
timeline-cancelled-early = Storniert, bevor Bestand zugeteilt war.
lines-of-order = Positionen dieser Bestellung
preview-about = Nimmt alle Positionen aus einem Lager oder keine.
preview-plans = Pläne mit mehreren Lagern
preview-region = Bestand je Lager
preview-caption = Bestand je Lager für jede Position
preview-fills = Die ganze Bestellung lässt sich zuteilen aus: { $codes }.
preview-no-warehouse = Es gibt noch kein Lager.
preview-short = Kein Lager kann sie ganz erfüllen. Am ehesten { $code }: Es fehlen { NUMBER($units) } Stück in { $lines ->
    [one] { NUMBER($lines) } Position
   *[other] { NUMBER($lines) } Positionen
 }. Buchen Sie dort zuerst einen Wareneingang oder eine Umlagerung.
allocate-from = Aus { $code } zuteilen
lines-short = { $lines ->
    [one] { NUMBER($lines) } Position knapp
   *[other] { NUMBER($lines) } Positionen knapp
 }
missing-units = { NUMBER($units) } zu wenig
order-not-allocated = Die Bestellung wurde nicht zugeteilt
order-short-meanwhile = Der Bestand hat sich inzwischen geändert: { $lines ->
    [one] { NUMBER($lines) } Position ist
   *[other] { NUMBER($lines) } Positionen sind
 } jetzt knapp. Nichts wurde zugeteilt. Die Vorschau zeigt den aktuellen Bestand.

## Neue Bestellung

new-order = Neue Bestellung
reference-hint = Der Name der Bestellung im Shop.
create-order = Bestellung anlegen
new-order-empty = Noch keine Positionen. Suchen Sie unten den ersten Artikel.
add-item = Artikel hinzufügen
add = Hinzufügen
add-named = { $name } hinzufügen
remove-named = { $name } entfernen
quantity-of = Menge von { $name }
units-available = { NUMBER($units) } verfügbar
find-items = Artikel suchen
no-other-match = Kein weiterer Artikelname enthält diese Wörter.

## Seite eines Artikels

description = Beschreibung
barcodes = Barcodes
new-item = Neuer Artikel
edit-item = Artikel bearbeiten
create-item = Artikel anlegen
save-item = Artikel speichern
first-stock-units = Anfangsbestand in Stück
in-warehouse = Im Lager
move-title = Umlagerung aus { $code }
only-available-here = Hier sind nur { NUMBER($units) } verfügbar.
here-available = Hier sind { NUMBER($units) } verfügbar.
move-preview = Hier { NUMBER($source) } → { NUMBER($left) }, dort { NUMBER($target) } → { NUMBER($sum) }
undo-move-reason = Rückgängig: versehentlich umgelagert
to-warehouse = In Lager
reason-hint = Bleibt im Verlauf des Artikels.
move-units = Umlagern
movements = Bewegungen
movements-caption = Bewegungen dieses Artikels, neueste zuerst
history-since = Verlauf seit { $time }. Frühere Bewegungen sind archiviert.
reason-of-block = { $reason } · Reservierung { $id }
reason-received = Wareneingang
reason-written-off = Ausgebucht
reason-moved = Umgelagert
reason-blocked = Reserviert
reason-released = Reservierung freigegeben
reason-expired = Reservierung abgelaufen
reason-confirmed = Verkauft
reason-allocated = Zugeteilt
reason-cancelled = Storniert
reason-corrected = Korrigiert
reason-hold-converted = Reservierung bestellt
reason-sale-converted = Verkauf bestellt
reason-shipped = Versandt
reason-returned = Retoure
reason-set-aside = Beiseitegelegt
reason-restored = Wieder im Bestand
reason-disposed = Entsorgt
reason-reclassified = Umklassifiziert
receive-units = Wareneingang buchen
write-off-units = Menge ausbuchen
stock-by-warehouse = Bestand je Lager
not-in-warehouse = Kein Lager hat diesen Artikel
not-in-warehouse-about = Buchen Sie einen Wareneingang, um den Artikel zu verkaufen.
only-available = Nur { NUMBER($units) } verfügbar.
available-after = Verfügbar: { NUMBER($now) } → { NUMBER($after) }
received = { NUMBER($units) } eingegangen (jetzt { NUMBER($available) }).
written-off = { NUMBER($units) } ausgebucht (jetzt { NUMBER($available) }).
undo-received = Rückgängig: versehentlich eingegangen
undo-written-off = Rückgängig: versehentlich ausgebucht
adjustment-undone = Rückgängig gemacht (jetzt { NUMBER($available) }).
item-is-archived = Archiviert: nicht verkäuflich.
item-keys = ID, SKU, Barcodes
how-far-back = Zeitraum
all-holds-of-item = Alle Reservierungen dieses Artikels
no-units-held = Nichts ist reserviert
no-units-held-about = Eine Reservierung hält Artikel für einen Käufer fest, während er bezahlt.
item-holds-caption = Reservierungen dieses Artikels

## Reservierungen

no-ended-holds = Keine kürzlich beendete Reservierung
no-ended-holds-about = Eine Reservierung endet, wenn sie bestätigt oder freigegeben wird oder ihre Zeit abläuft.
ended-holds = Beendete Reservierungen, neueste zuerst
hold-stock = Reservieren
hold-for = Dauer
item-available = { $name } – { NUMBER($units) } verfügbar
hold-no-script = Ohne JavaScript öffnen Sie den Artikel und reservieren auf seiner Seite.
go-to-items = Zu den Artikeln
automatic-warehouse = Automatisch: Lager mit dem größten Bestand
from-warehouse = Aus Lager
hold-instead = Stattdessen { NUMBER($units) } reservieren
choose-item = Artikel auswählen
choose-item-about = Geben Sie einen Teil des Namens ein und wählen Sie den Artikel aus der Liste.
holds-of = Reservierungen von Artikel
holds-caption = Reservierungen, neueste zuerst
show-all-holds = Reservierungen aller Artikel anzeigen
no-hold-expires = Keine Reservierung läuft in den nächsten 10 Minuten ab
no-holds = Noch keine Reservierungen
no-holds-about = Eine Reservierung hält Artikel für einen Käufer fest, während er bezahlt.
show-current-holds = Aktuelle Reservierungen anzeigen
held-units = { NUMBER($units) } Stück { $name } in { $code }
hold-from-now = Ab jetzt reservieren für
extend-holds-note = Eine Reservierung, die schon länger gilt, behält ihre Zeit.
hold-extended-to = Reservierung { $id } verlängert bis { $time }.
period-minutes = { $minutes ->
    [one] { NUMBER($minutes) } Minute
   *[other] { NUMBER($minutes) } Minuten
 }
period-hours = { $hours ->
    [one] { NUMBER($hours) } Stunde
   *[other] { NUMBER($hours) } Stunden
 }
period-days = { $days ->
    [one] { NUMBER($days) } Tag
   *[other] { NUMBER($days) } Tage
 }
hold-placed-until = Reservierung { $id }: { NUMBER($units) } Stück bis { $time }; noch { NUMBER($left) } verfügbar.
hold-was-released = Reservierung { $id } freigegeben.
confirm-holds-note = Verkauft wird: { $what }. Das lässt sich nicht rückgängig machen.
extend-holds-note-of = Bleibt reserviert: { $what }.

## Kategorien

category-items = Alle Artikel dieser Kategorie
changes = Änderungen
rename-or-merge = Umbenennen oder zusammenführen
top-of-category = Die { NUMBER($shown) } mit der größten Menge von { $items ->
    [one] { NUMBER($items) } Artikel
   *[other] { NUMBER($items) } Artikeln
 }
all-of-category = { NUMBER($items) } Artikel, größte Menge zuerst
top-items = Artikel mit der größten Menge
rename-title = { $name } umbenennen
renamed = { $from } heißt jetzt { $to }: { NUMBER($items) } Artikel geändert.
rename-preview = { $items ->
    [one] { NUMBER($items) } Artikel wechselt
   *[other] { NUMBER($items) } Artikel wechseln
 } in die Kategorie { $to }.
merge-preview = { $to } gibt es mit { $already ->
    [one] { NUMBER($already) } Artikel
   *[other] { NUMBER($already) } Artikeln
 }: Die Kategorien werden zusammengeführt, das lässt sich nicht rückgängig machen. { $items ->
    [one] { NUMBER($items) } Artikel wechselt
   *[other] { NUMBER($items) } Artikel wechseln
 } die Kategorie.
merge-categories = Kategorien zusammenführen
rename-category = Kategorie umbenennen
new-name = Neuer Name
merge-hint = Der Name einer anderen Kategorie führt beide zusammen.
no-categories = Noch keine Kategorien
no-categories-about = Eine Kategorie gibt es, solange ein Artikel sie hat. Legen Sie einen Artikel mit einer Kategorie an.
create-an-item = Artikel anlegen
all-categories = Alle Kategorien
categories-caption = Kategorien mit ihren Summen

## Lager

no-such-warehouse = Lager nicht gefunden
no-match-here = Kein passender Artikel in diesem Lager
warehouse-empty = Dieses Lager ist leer
warehouse-empty-about = Öffnen Sie einen Artikel und buchen Sie einen Wareneingang oder eine Umlagerung in dieses Lager.
filter-its-items = Seine Artikel filtern
units-available-here = { NUMBER($units) } Stück hier verfügbar
search-its-items = Seine Artikel nach Namen suchen
warehouse-items = Artikel in diesem Lager
archive-page = Archiv
download-stock = Bestand herunterladen
add-warehouse = Lager hinzufügen
is-default = Standardlager
warehouse-added = Lager { $code } hinzugefügt.
priority-hint = Bestellungen werden zuerst aus Lagern mit kleineren Zahlen zugeteilt. Standard: 0.
latitude = Breitengrad
longitude = Längengrad
latitude-hint = Grad, zum Beispiel 52.52. Bestellungen können aus dem nächsten Lager zugeteilt werden.

## Felder und Dialoge

optional = optional
whole-number-min = Geben Sie eine ganze Zahl ab 1 ein.
amount-hint = Ein Betrag, zum Beispiel 12.90
signed-number = Eine ganze Zahl, zum Beispiel 12 oder -3
degrees = Grad, zum Beispiel 52.52
part-of-name = Teil eines Namens
no-name-match = Kein Artikelname enthält diesen Text.

## Suche und Tastenkürzel

shortcut-main = Hauptaktion der Seite, zum Beispiel ein neuer Artikel
shortcut-next = Nächste Zeile
shortcut-previous = Vorige Zeile
shortcut-select = Zeile auswählen
shortcut-open = Zeile öffnen
shortcut-help = Diese Liste zeigen
palette = Suchen oder Befehl ausführen
keyboard-shortcuts = Tastenkürzel
matches = Treffer
found-count = { NUMBER($count) } gefunden
go-to = Gehe zu { $page }
single-key-shortcuts = Tastenkürzel mit einer Taste
import-file = Datei importieren
toggle-dense = Dichte Tabellen ein- oder ausschalten
show-shortcuts = Tastenkürzel anzeigen

## Artikelliste

import = Importieren
search-items = Artikel nach Namen suchen
apply = Anwenden
no-item-matches = Keine passenden Artikel
no-item-matches-about = Versuchen Sie andere Wörter oder weniger Filter.
clear-filters = Suche und Filter zurücksetzen
no-items = Noch keine Artikel
no-items-about = Ein Artikel ist ein Produkt: Name, Preis, Kategorie und Anfangsbestand.
create-first-item = Ersten Artikel anlegen
all-warehouses = Alle Lager
running-low = Knapp
sold-out = Ausverkauft
or-fewer = Höchstens { NUMBER($units) }
stock = Bestand
any-stock = Jeder Bestand

## Bestellungen

warehouse-code = Lagerkürzel
from-day = Ab
to-day = Bis
filter = Filtern
no-orders = Noch keine Bestellungen
no-orders-about = Eine Bestellung enthält die gekauften Artikel. Bei der Zuteilung werden sie dem Bestand entnommen.
create-first-order = Erste Bestellung anlegen
no-order-matches = Keine passenden Bestellungen
no-order-matches-yet = Bisher keine passenden Bestellungen: siehe nächste Seite
show-all-orders = Alle Bestellungen anzeigen
and-more = { $names } und { NUMBER($more) } weitere

## Übersicht

welcome = Willkommen bei Stockhold
welcome-about = Stockhold hält Ihren Bestand korrekt, auch wenn Tausende Käufer um dasselbe Stück konkurrieren. Beginnen Sie mit den Artikeln, die Sie verkaufen.
import-items-and-stock = Artikel und Bestand importieren
connect-shop = Den Shop anbinden: die REST-API
figures = Kennzahlen
items-and-sold-out = { NUMBER($items) } Artikel, { NUMBER($out) } ausverkauft
active-holds = { $holds ->
    [one] { NUMBER($holds) } aktive Reservierung
   *[other] { NUMBER($holds) } aktive Reservierungen
 }
sold-about = bestätigte Reservierungen und zugeteilte Bestellungen
expiring-soon = Bald ablaufend
holds-within = { $holds ->
    [one] { NUMBER($holds) } Reservierung
   *[other] { NUMBER($holds) } Reservierungen
 } in { $minutes ->
    [one] { NUMBER($minutes) } Minute
   *[other] { NUMBER($minutes) } Minuten
 }
orders-to-allocate = Zuzuteilende Bestellungen
pending-note = offen
last-hour = Die letzte Stunde
per-minute = pro Minute
most-held = Am meisten reserviert, letzte Stunde
nothing-held = In der letzten Stunde wurde nichts reserviert.
most-held-caption = Artikel mit den meisten Reservierungen der letzten Stunde
low-categories = Kategorien mit knappem Bestand
all-low-items = Alle knappen Artikel
nothing-low = Kein Artikel ist knapp.
low-caption = Kategorien mit knappen Artikeln
recent-problems = Letzte Probleme
no-problems = Seit dem Start des Servers wurde nichts abgelehnt.
recent-problems-caption = Letzte Probleme und ihre Gründe
chart-level = { $name }: jetzt { NUMBER($now) }, zwischen { NUMBER($min) } und { NUMBER($max) }
chart-sum = { $name }: insgesamt { NUMBER($sum) }, höchstens { NUMBER($max) }, jetzt { NUMBER($now) }

## Navigation

about-stockhold = Stockhold hält den Bestand eines Onlineshops korrekt.
skip-to-content = Zum Inhalt springen
sections = Bereiche
nav-overview = Übersicht
nav-categories = Kategorien
find-anything = Alles durchsuchen
live-signed-out = Abgemeldet
live-on = Live
live-connecting = Verbindung wird aufgebaut …
live-silent = Seit { NUMBER($seconds) } s keine Aktualisierung, Verbindung wird neu aufgebaut
theme = Farben
theme-system = Farben des Systems
theme-light = Helle Farben
theme-dark = Dunkle Farben

## Suche

palette-pages = Seiten
palette-views = Ansichten
palette-commands = Befehle
palette-hint = Suchen oder einen Befehl ausführen …
searching = Suche läuft …
nothing-found = Nichts gefunden für „{ $words }“.
search-title = Suche
search-field = Name, Nummer, SKU, Barcode oder Referenz
no-barcode = Kein Artikel hat den Barcode { $code }.
search-for-it = Danach suchen

## Was es nicht gibt

check-address = Prüfen Sie die Adresse, oder suchen Sie in der Liste.
see-all = Alle anzeigen: { $list }
no-such-category = Diese Kategorie gibt es nicht
no-item-has-category = Keine Artikel in der Kategorie „{ $name }“.
no-warehouse = Es gibt kein Lager { $number }.
no-such-hold = Diese Reservierung gibt es nicht

## Gespeicherte Ansichten

saved-views = Gespeicherte Ansichten
save-view-as = Diese Ansicht speichern als
rename-view-to = Ansicht umbenennen in
delete-view = Ansicht { $name } löschen

## Eine Reservierung

extend-by-an-hour = Um eine Stunde verlängern

## Einstellungen

settings = Einstellungen
settings-personal = Sprache und Formate
settings-personal-hint = Diese Einstellungen gelten für diesen Browser. Ohne Auswahl gelten Sprache und Zeitzone des Browsers.
settings-server = Einstellungen des Servers
settings-server-hint = Die geltenden Einstellungen. Zum Ändern setzen Sie die Umgebungsvariable und starten den Server neu.
setting-of-browser = Wie der Browser
setting-of-language = Wie die Sprache
setting-default = Voreinstellung
setting-environment = Umgebungsvariable
setting-command-line = Befehlszeile
setting-name = Einstellung
setting-source = Quelle
setting-meaning = Bedeutung
language = Sprache
language-name = { $code ->
    [en] English
    [de] Deutsch
   *[other] { $code }
 }
number-format = Zahlen
currency = Währung
currency-hint = Drei Großbuchstaben, zum Beispiel EUR. Leer: Preise ohne Währung.
time-zone = Zeitzone
time-zone-hint = Ein Name wie Europe/Berlin. Leer: die des Browsers. Gültig ist: { $zone }.
first-weekday = Erster Tag der Woche
monday = Montag
saturday = Samstag
sunday = Sonntag

## Hilfe

help = Hilfe
help-unknown = Diese Hilfeseite gibt es nicht
help-unknown-hint = Wählen Sie eines dieser Themen.
help-all = Alle Themen
help-open = { $page } öffnen
help-api = Dokumentation der API
carts = Warenkörbe
imports = Importe
account = Konto
help-start = Erste Schritte
help-start-1 = Vier Schritte verbinden einen Shop: ein Lager, Artikel mit Bestand, eine erste Reservierung und die Anfragen des Shops.
help-start-2 = Ein Lager namens MAIN gibt es von Anfang an. Benennen Sie es unter „Lager“ um oder legen Sie weitere an. Legen Sie dann unter „Artikel“ einen Artikel an und buchen Sie einen Wareneingang, oder importieren Sie eine Datei mit beidem.
help-start-3 = Reservieren Sie ein Stück des Artikels: Öffnen Sie ihn und wählen Sie „Reservieren“. Der verfügbare Bestand sinkt um eins. Geben Sie die Reservierung frei, und er steigt wieder.
help-start-4 = Legen Sie unter „API-Clients“ einen Client mit einem Token an. Der Shop reserviert mit POST /api/carts, wenn ein Käufer zur Kasse geht, und bestätigt den Warenkorb nach der Zahlung.
help-stock = Verfügbar, reserviert, zugeteilt, Bestand
help-stock-1 = Der Bestand umfasst alle Stück im Regal. Verfügbar ist, was jetzt verkauft werden kann: der Bestand ohne reservierte, verkaufte, zugeteilte und beschädigte Stück und ohne die in Quarantäne.
help-stock-2 = Jede Änderung des Bestands ist eine Buchung mit Grund, Urheber und Zeit. Der Verlauf eines Artikels zeigt sie.
help-stock-3 = Eine Zählung setzt den Bestand eines Lagers auf das, was im Regal steht. Auch der Unterschied ist eine Buchung.
help-stock-4 = Der Befehl stockhold reconcile vergleicht den Bestand mit den Buchungen. Die Übersicht zeigt das Ergebnis seines letzten Laufs. Seine Ausgabe nennt jede Abweichung und die Abhilfe.
help-holds = Reservierungen
help-holds-1 = Eine Reservierung nimmt Stück für begrenzte Zeit aus dem Verkauf, ohne andere Angabe eine Stunde, damit ein Käufer in Ruhe bezahlen kann.
help-holds-2 = Wird eine Reservierung bestätigt, sind ihre Stück verkauft. Wird sie freigegeben, sind sie sofort wieder verfügbar. Läuft sie ab, kehren ihre Stück von selbst zurück.
help-holds-3 = Tausend Käufer können nach dem letzten Stück greifen, und genau einer bekommt es. Stück abgelaufener Reservierungen werden angeboten, bevor eine Anfrage abgelehnt wird.
help-carts = Warenkörbe
help-carts-1 = Ein Warenkorb besteht aus Reservierungen, die gemeinsam bestätigt, verlängert und freigegeben werden und gemeinsam ablaufen. Alle Positionen werden reserviert oder keine.
help-carts-2 = Der Shop kann die Positionen ändern, eine laufende Zahlung vermerken, damit der Warenkorb währenddessen nicht abläuft, und aus ihm eine Bestellung machen.
help-orders = Bestellungen
help-orders-1 = Eine Bestellung nennt Artikel und Mengen. Eine Zuteilung nimmt die Stück aller Positionen auf einmal oder keine, aus einem Lager oder nach einem Plan aus mehreren.
help-orders-2 = Fehlt Ware, kann eine Bestellung teilweise zugeteilt werden. Der Rest kann auf neue Ware warten.
help-orders-3 = Zugeteilte Ware verlässt das Regal beim Versand. Bei einer Stornierung kehrt sie in den Verkauf zurück. Zurückgesandte Ware wird wieder verfügbar, gilt als beschädigt oder kommt in Quarantäne.
help-queue = Wartende Bestellungen
help-queue-1 = Eine Bestellung, der Ware fehlt, kann warten. Neue Ware geht nach Priorität und dann nach Alter an die wartenden Bestellungen, innerhalb von etwa einer Sekunde.
help-queue-2 = Die Seite einer Bestellung zeigt ihren Platz in der Warteschlange und die fehlende Menge je Artikel.
help-warehouses = Lager und Pläne
help-warehouses-1 = Der Bestand wird je Lager geführt. Eine Reservierung ohne Lager nimmt ihre Stück aus dem Lager mit dem größten Bestand.
help-warehouses-2 = Eine Regel wählt die Lager einer Bestellung: nach Priorität, Entfernung, größtem Bestand oder mit den wenigsten Paketen.
help-imports = Importe
help-imports-1 = Ein Import legt Artikel aus einer CSV- oder Tabellendatei an, ändert sie oder zählt Bestände. Die Datei wird zuerst geprüft; nichts ändert sich, bevor Sie den Import anwenden.
help-imports-2 = Die Seite eines Imports zeigt je Zeile den Wert vorher und nachher. Zeilen mit Fehlern können Sie in der Datei berichtigen und erneut importieren.
help-access = Personen, Rollen und API-Clients
help-access-1 = „Nur lesen“ liest. „Mitarbeiter“ reserviert, teilt zu, versendet und bucht Wareneingänge. „Leitung“ ändert auch Artikel und Lager. „Administration“ verwaltet auch Personen und API-Clients.
help-access-2 = Personen und Clients können auf Lager beschränkt werden. Das Audit-Protokoll hält jede Änderung mit ihrem Urheber fest.

## Empfangen, zählen und umlagern

drafts = Wareneingang, Zählung, Umlagerung
drafts-hint = Erfassen Sie eine Lieferung, eine Zählung oder eine Umlagerung Zeile für Zeile, mit dem Scanner oder von Hand. Erst beim Buchen ändert sich etwas, und dann alle Zeilen auf einmal.
drafts-open = Offene Belege
drafts-posted = Zuletzt gebucht
drafts-none = Keine offenen Belege
draft-new = Neuer Beleg
draft-kind = Art
draft-receipt = Lieferung
draft-count = Zählung
draft-move = Umlagerung
draft-name = Beleg
draft-name-hint = Zum Beispiel die Nummer des Lieferscheins. Der Verlauf jedes Artikels zeigt sie.
draft-warehouse = Lager (bei einer Umlagerung: von)
draft-target = Nach (nur bei einer Umlagerung)
draft-no-target = –
draft-create = Beleg anlegen
draft-lines = Zeilen
draft-by = Von
draft-at = Zeit
draft-created-at = Angelegt
draft-posted-at = Gebucht
draft-code = SKU oder Barcode
draft-remove = Entfernen
draft-units-of = Stückzahl von { $item }
draft-empty = Noch keine Zeilen. Scannen Sie einen Barcode oder geben Sie eine SKU ein.
draft-checked = Geprüft
draft-post-receipt = Wareneingang buchen
draft-post-count = Gezählte Stückzahlen setzen
draft-post-move = Alles umlagern
draft-posted = { $units ->
    [one] Gebucht: { NUMBER($units) } Stück.
   *[other] Gebucht: { NUMBER($units) } Stück.
 }
draft-delete = Beleg löschen
draft-print = Drucken Sie diese Seite für den Weg zum Regal. Knöpfe und Navigation fehlen im Druck.
draft-missing = Diesen Beleg gibt es nicht
draft-missing-hint = Vielleicht wurde er gelöscht. Die Liste zeigt alle Belege.

## Formulare des Servers

present-units = Jetzige Stückzahl
name-hint = a-z, 0-9, „.“, „_“ und „-“. Der Name kann nicht geändert oder noch einmal vergeben werden.
copy-now = Kopieren Sie ihn jetzt. Er wird nicht noch einmal angezeigt.
warehouses-limit-hint = Kürzel, durch Kommas getrennt. Bestand, Reservierungen und Bestellungen können nur dort geändert werden. Leer: in allen Lagern.
warehouses-of = Lager von { $name }
all-placeholder = alle

## Anmeldung

continue-to = Weiter zu { $name }
sign-in-with = Mit { $provider } anmelden
sign-in-code-hint = Aus Ihrer Authenticator-App, oder ein Wiederherstellungscode. Leer, wenn Sie keinen zweiten Faktor eingerichtet haben.
or-choose-password = Oder wählen Sie ein Passwort:
sign-in-name = Ihr Name für die Anmeldung:
password-hint = 12 bis 256 Zeichen. Gut sind ein paar zufällige Wörter.
password-again = Passwort wiederholen
set-password = Passwort festlegen
choose-password = Passwort wählen

## Konto

not-allowed = Nicht erlaubt
not-allowed-detail = Ihre Rolle umfasst diese Seite nicht. Ein Administrator kann Ihre Rolle ändern.
local-access = Lokaler Zugang: Jede Person an diesem Rechner ist Administrator, bis der erste Administrator ein Passwort hat.
people = Personen
api-clients = API-Clients
audit-log = Audit-Protokoll
current-password = Jetziges Passwort
new-password = Neues Passwort
password-length = 12 bis 256 Zeichen.
new-password-again = Neues Passwort wiederholen
change-password = Passwort ändern und alle anderen Sitzungen beenden
factor-set = Ein zweiter Faktor ist eingerichtet.
factor-not-set = Kein zweiter Faktor ist eingerichtet.
second-factor = Zweiter Faktor
factor-scan = Scannen Sie den Code mit einer Authenticator-App, oder tippen Sie das Geheimnis ein. Geben Sie dann den Code ein, den die App anzeigt.
factor-open-app = In einer App auf diesem Gerät öffnen
six-digits = 6 Ziffern.
set-factor = Zweiten Faktor einrichten
replace-factor = Zweiten Faktor ersetzen
set-up-factor = Zweiten Faktor hinzufügen
remove-factor = Zweiten Faktor entfernen
account-linked = Ihr Konto ist verknüpft.
account-not-linked = Ihr Konto ist nicht verknüpft.
remove-link = Verknüpfung entfernen und alle anderen Sitzungen beenden
link-with = Mit { $provider } verknüpfen
sign-in-by = Anmeldung mit { $provider }
qr-code = QR-Code des Geheimnisses
recovery-codes = Wiederherstellungscodes
store-recovery-codes = Bewahren Sie diese Wiederherstellungscodes auf. Sie werden nicht noch einmal angezeigt.
recovery-codes-use = Jeder ersetzt einmal einen Code der Authenticator-App.
this-session = Diese Sitzung
end-session = Beenden
sessions = Sitzungen
your-sessions = Ihre Sitzungen
signed-in = Angemeldet
last-used = Zuletzt benutzt
address = Adresse
browser = Browser
sign-out-everywhere = Überall abmelden

## Personen

link-valid = Der Link für { $name } kann einmal benutzt werden, innerhalb von 24 Stunden.
one-time-link = Einmal-Link
display-name = Anzeigename
role = Rolle
invite-person = Person einladen
display-name-hint = Leer: der Name.
invite = Einladen
disabled = gesperrt
invited = eingeladen
enabled = aktiv
enabled-factor = aktiv, mit zweitem Faktor
enable = Entsperren
new-link = Neuer Link
end-sessions = Sitzungen beenden
disable = Sperren
role-of = Rolle von { $name }
role-viewer = Nur lesen
role-operator = Mitarbeiter
role-manager = Leitung
role-administrator = Administration

## API-Clients

scope-read = alles lesen
scope-stock = Wareneingänge, Umlagerungen und Ausbuchungen
scope-holds = Reservierungen und Warenkörbe
scope-orders = Bestellungen
scope-items = Artikel, Kategorien, Lager und Importe
scope-webhooks = Webhooks
scope-admin = Personen, Clients und das Audit-Protokoll
token-expires = Token { $id } von { $client } läuft am { $time } ab.
new-token = Neues Token
clients-and-tokens = API-Clients und ihre Tokens
client-or-token = Client oder Token
scopes-or-state = Berechtigungen oder Zustand
expires = Läuft ab
no-clients = Es gibt noch keine Clients.
add-client = Client hinzufügen
scopes = Berechtigungen
token-days = Tage, bis das Token abläuft
token-days-hint = 1 bis 3.650. Leer: die Voreinstellung des Servers.
disabled-on = gesperrt am { $time }
token-valid = gültig
token-rejected = abgelehnt: der Client ist gesperrt
token-expired = abgelaufen
token-revoked = widerrufen
revoke = Widerrufen
never = nie
token = Token

## Audit-Protokoll und Änderungen

no-events = Keine Ereignisse mit diesem Filter.
audit-summary = Anmeldungen, Änderungen an Personen, Clients, Artikeln, Lagern und Bestellungen sowie verlängerte Reservierungen; die neuesten zuerst.
download-movements = Alle Bewegungen herunterladen
events = Ereignisse
event = Ereignis
event-origin = Zugang, Adresse, Anfrage
before = Vorher
after = Nachher
actor-hint = Zum Beispiel person:anna oder client:webshop.
subject-hint = Zum Beispiel client:webshop, item:7 oder order:5.
first-day-hint = Der erste Tag, in UTC.
last-day-hint = Der letzte Tag, in UTC.
no-changes = Keine Änderungen mit diesem Filter.
changes-summary = Änderungen an Artikeln, Kategorien und Lagern, die neuesten zuerst. Bestandsbewegungen stehen auf den Seiten der Artikel.
changes-latest-first = Änderungen, die neuesten zuerst
before-after = Vorher → nachher
item-id-hint = Die Nummer eines Artikels, statt seiner SKU.
category-renames-hint = Umbenennungen von oder in diesen Namen.
item-created = Artikel angelegt
item-changed = Artikel geändert
item-archived = Artikel archiviert
item-restored = Artikel wiederhergestellt
category-renamed = Kategorie umbenannt
warehouse-created = Lager angelegt
warehouse-changed = Lager geändert
warehouse-archived = Lager archiviert
warehouse-restored = Lager wiederhergestellt
low-stock-at = Niedriger Bestand ab
first-stock = Erster Bestand
archived = Archiviert
default-warehouse = Standardlager

## Einzelheiten von Artikeln und Lagern

warehouse-priority-hint = Bestellungen werden zuerst aus Lagern mit kleineren Zahlen zugeteilt.
position-hint = Grad, zum Beispiel 52.52 und 13.405. Bestellungen können aus dem nächsten Lager zugeteilt werden. Leer: keine Position.
archive = Archivieren
archive-title = Archiv
item-archived-on = Archiviert am { $time }. Der Artikel kann nicht verkauft werden, und Listen zeigen ihn nicht.
restore = Wiederherstellen
changes-of = Änderungen von { $name }
open-item = Artikel öffnen
all-changes = Alle Änderungen
low-stock-hint = Nicht verkaufte Stück, bei denen das Signal stock.low gesendet wird. 0: nie. Leer: die Einstellung des Servers.
low-stock-setting = Die Einstellung des Servers ist { NUMBER($units) }.
save-threshold = Schwelle speichern
warehouse-archived-on = Archiviert am { $time }. Das Lager erhält keine Ware, und Listen zeigen es nicht.
default-warehouse-state = Das Standardlager: Es erhält den Bestand von Anfragen, die kein Lager nennen.
make-default = Zum Standard machen
warehouse-code-hint = Kurz und eindeutig, zum Beispiel BER-1.
save-warehouse = Lager speichern
archive-summary = Archivierte Artikel können nicht verkauft werden, und archivierte Lager erhalten keine Ware. Öffnen Sie einen Eintrag, um ihn wiederherzustellen.
archived-items = Archivierte Artikel
archived-warehouses = Archivierte Lager
available-units = Verfügbare Stück
since = Seit

## Importe

imports-latest-first = Importe, die neuesten zuerst
file = Datei
import-result = Ergebnis
uploaded = Hochgeladen
download-items = Artikel herunterladen
earlier-imports = Frühere Importe
no-imports = Es wurde noch keine Datei importiert.
import-file-hint = Eine CSV-Datei von höchstens { $megabytes } MB, zum Beispiel ein Export aus Excel, Shopify oder WooCommerce.
import-summary = Eine Datei mit Artikeln enthält Namen, Kategorien, Preise und Barcodes. Eine Datei mit Bestand enthält gezählte Stückzahlen oder deren Änderungen. Sie sehen zuerst, was die Datei ändert. Geändert wird erst etwas, wenn Sie sie anwenden.
import-kind = Die Datei ändert
import-kind-detect = Nach den Spalten entscheiden
upload = Hochladen
import-uploading = Wird hochgeladen
import-checking = Wird geprüft
import-undecided = Ihre Auswahl fehlt
import-ready = Bereit
import-applying = Wird angewendet
import-cancelled = Abgebrochen
import-failed = Fehlgeschlagen
import-applied = Angewendet
import-origin = Hochgeladen am { $time } von { $actor }.
import-ended = Beendet am { $time }.
import-applied-by = Angewendet von { $actor }.
import-removed = Die Datei und ihre Zeilen sind nicht mehr gespeichert.
import-repeats = Dieselbe Datei wurde schon angewendet:
import-id = Import { $id }
import-apply = { $errors ->
    [0] Anwenden
    [one] Ohne die Zeile mit Fehler anwenden
   *[other] Ohne die { NUMBER($errors) } Zeilen mit Fehlern anwenden
 }
download-errors = Fehler herunterladen
download-file = Datei herunterladen
import-progress-applied = Angewendet: { NUMBER($done) } von { $total ->
    [one] { NUMBER($total) } Zeile.
   *[other] { NUMBER($total) } Zeilen.
 }
import-progress-checked = Geprüft: { NUMBER($done) } von { NUMBER($total) } KB.
import-progress-arrived = Eingetroffen: { NUMBER($done) } KB.
progress = Fortschritt
import-reloads = Diese Seite lädt neu, bis die Arbeit beendet ist. Sie können sie inzwischen verlassen.
import-impossible = Die Datei kann nicht importiert werden.
import-ambiguous = Die Datei kann auf mehrere Arten gelesen werden. Wählen Sie unten:
encoding-utf-8 = Unicode (UTF-8)
encoding-utf-16le = Unicode (UTF-16, Little Endian)
encoding-utf-16be = Unicode (UTF-16, Big Endian)
encoding-western = Westeuropäisch (Windows-1252)
encoding-central = Mitteleuropäisch (Windows-1250)
encoding-cyrillic = Kyrillisch (Windows-1251)
encoding-greek = Griechisch (Windows-1253)
encoding-turkish = Türkisch (Windows-1254)
encoding-japanese = Japanisch (Shift_JIS)
delimiter-comma = Komma
delimiter-semicolon = Semikolon
delimiter-tab = Tabulator
delimiter-bar = senkrechter Strich (|)
decimal-point = Punkt (12.90)
decimal-comma = Komma (12,90)
import-kind-items = Artikel
import-kind-stock = Bestand
item-number = Artikelnummer
counted-units = Gezählte Stück
change-of-units = Änderung der Stückzahl
reason-for-change = Grund der Änderung
import-layout = So wird die Datei gelesen
import-format = Zeichenkodierung: { $encoding }. Trennzeichen: { $delimiter }. Dezimalzeichen: { $decimal }.
import-changes-items = Sie ändert Artikel.
import-changes-stock = Sie ändert Bestand.
encoding = Zeichenkodierung
delimiter = Trennzeichen
decimal-sign = Dezimalzeichen
detect = Erkennen
detected = Erkannt: { $words }
read-differently = Die Datei anders lesen
header-line = Zeile mit den Spaltennamen
check-again = Datei noch einmal prüfen
line-number = Zeile { $line }
not-used = Nicht benutzt
choose-quantity = Wählen Sie: gezählte Stück oder eine Änderung
ignore = Nicht benutzen
rows-unchanged = { $rows ->
    [one] { NUMBER($rows) } Zeile ändert nichts.
   *[other] { NUMBER($rows) } Zeilen ändern nichts.
 }
rows-with-warning = { $rows ->
    [one] { NUMBER($rows) } Zeile hat eine Warnung.
   *[other] { NUMBER($rows) } Zeilen haben Warnungen.
 }
rows-with-error = { $rows ->
    [one] { NUMBER($rows) } Zeile hat einen Fehler und wird nicht angewendet.
   *[other] { NUMBER($rows) } Zeilen haben Fehler und werden nicht angewendet.
 }
creates-items = { $items ->
    [one] Legt { NUMBER($items) } Artikel an.
   *[other] Legt { NUMBER($items) } Artikel an.
 }
changes-items = { $items ->
    [one] Ändert { NUMBER($items) } Artikel.
   *[other] Ändert { NUMBER($items) } Artikel.
 }
changes-no-items = Ändert keine Artikel.
changes-no-stock = Ändert keinen Bestand.
sets-levels = { $levels ->
    [one] Setzt { NUMBER($levels) } Lagerbestand auf die gezählte Zahl, die reservierte Stück einschließt.
   *[other] Setzt { NUMBER($levels) } Lagerbestände auf die gezählte Zahl, die reservierte Stück einschließt.
 }
adds-units = { $units ->
    [one] Fügt { NUMBER($units) } Stück hinzu.
   *[other] Fügt { NUMBER($units) } Stück hinzu.
 }
removes-units = { $units ->
    [one] Entfernt { NUMBER($units) } Stück.
   *[other] Entfernt { NUMBER($units) } Stück.
 }
rows-applied = { NUMBER($applied) } von { $total ->
    [one] { NUMBER($total) } Zeile angewendet.
   *[other] { NUMBER($total) } Zeilen angewendet.
 }
rows-in-conflict = { $rows ->
    [one] { NUMBER($rows) } Zeile wurde nicht angewendet, weil der Artikel oder sein Bestand inzwischen geändert wurde.
   *[other] { NUMBER($rows) } Zeilen wurden nicht angewendet, weil der Artikel oder sein Bestand inzwischen geändert wurde.
 }
rows-refused = { $rows ->
    [one] { NUMBER($rows) } Zeile wurde abgelehnt.
   *[other] { NUMBER($rows) } Zeilen wurden abgelehnt.
 }
import-recognized = Die Datei ist als Export erkannt: { $format }.
title-line = Zeile { $line } ist ein Titel und wird übersprungen. Zeile { $header } nennt die Spalten.
title-lines = Die Zeilen { $first } bis { $last } sind Titel und werden übersprungen. Zeile { $header } nennt die Spalten.
ignored-columns = Nicht benutzte Spalten: { $columns }.
errors = Fehler
warnings = Warnungen
not-applied = Nicht angewendet
rows-of-file = Zeilen der Datei
line = Zeile
problems = Probleme
rows = Zeilen
rows-to-show = Gezeigte Zeilen
no-rows = Es gibt keine solchen Zeilen.
held-in-count = { NUMBER($units) } reserviert, die eine Zählung einschließt.
conflict = Konflikt
refused = Abgelehnt
create = Anlegen
unchanged = Unverändert
error = Fehler
warning = Warnung

## Warenkörbe

no-cart-with = Kein Warenkorb hat die Referenz „{ $reference }“.
newest-first = Die neuesten zuerst.
cart = Warenkorb
carts-with-reference = Warenkörbe mit der Referenz, die neuesten zuerst
cart-reference-hint = Der Schlüssel des Shops für den Warenkorb oder seinen Käufer.
no-such-cart = Warenkorb nicht gefunden
cart-id = Warenkorb { $id }
cart-active = Aktiv
expired = Abgelaufen
cart-being-paid = Der Warenkorb wird gerade bezahlt. Bis die Zahlung endet, kann er bestätigt, aber nicht geändert, verlängert oder freigegeben werden.
cart-active-state = Der Warenkorb reserviert seine Ware, bis er abläuft.
cart-confirmed-state = Der Warenkorb wurde bestätigt. Seine Ware ist verkauft.
cart-released-state = Der Warenkorb wurde freigegeben. Er reserviert nichts mehr. Dies waren seine letzten Positionen.
cart-ordered-state = Die Ware des Warenkorbs gehört zu einer Bestellung. Dies waren seine letzten Positionen.
cart-expired-state = Der Warenkorb ist abgelaufen. Er kann nicht bestätigt oder verlängert werden. Dies waren seine letzten Positionen.
end-payment = Zahlung beenden
release = Freigeben
confirm = Bestätigen
cart-lines = Positionen des Warenkorbs
size = Umfang
version = Version
taken-again = Erneut reserviert
payment = Zahlung
payment-until = Zahlung endet bis
extend-hint = 1 bis { NUMBER($minutes) }. Ein späterer Ablauf bleibt bestehen.
extend = Verlängern
minutes-from-now = Minuten ab jetzt

## Zeilen einer Bestellung

lines-changeable = Positionen können geändert werden, solange keine Ware zugeteilt ist. 0 Stück entfernen eine Position.
lines-fixed = Die Positionen dieser Bestellung können nicht mehr geändert werden.
order-lines = Positionen der Bestellung
no-sku-hint = Für einen Artikel ohne SKU.
save-lines = Positionen speichern
lines-of-order-named = Positionen der Bestellung { $id }
open-order = Bestellung öffnen
units-of = Stück von { $name }

## Dokumente einer Bestellung

pick-list = Pickliste
packing-slip = Packzettel
document-of-order = { $document } der Bestellung { $id }
nothing-allocated = Dieser Bestellung ist keine Ware zugeteilt.
back-to-order = Zurück zur Bestellung
print-hint = Drucken Sie diese Seite. Navigation und Schaltflächen werden nicht gedruckt.
picked = Entnommen
units-to-pick = Zu entnehmende Ware
units-in-parcel = Ware im Paket
no-such-order = Bestellung nicht gefunden

## Versand

ship-all = Alle zugeteilten Stück versenden
cancel-or-reassign = Stück stornieren oder umverteilen
action = Aktion
ship-order = Bestellung { $id } versenden
shipping-summary = Versandte Stück zählen nicht mehr zum Bestand. Zurückgekommene Stück gehen an das Lager, das sie versandt hat.
units-by-warehouse = Stück der Bestellung nach Artikel und Lager
into-available = Verfügbar: kann wieder verkauft werden
damaged = Beschädigt
into-quarantine = Quarantäne: muss geprüft werden
condition = Zustand der Ware
number-of-units = Stückzahl
return-hint = Höchstens so viele, wie versandt wurden und nicht zurückgekommen sind.
take-units-back = Ware zurücknehmen
take-back = Zurücknehmen
ship = Versenden

## Zuteilung einer Bestellung

allocate-order = Bestellung { $id } zuteilen
units-to-allocate = { $units ->
    [one] { NUMBER($units) } Stück ist noch zuzuteilen. Zugeteilte Stück sind nicht mehr verfügbar.
   *[other] { NUMBER($units) } Stück sind noch zuzuteilen. Zugeteilte Stück sind nicht mehr verfügbar.
 }
all-allocated = Alle Stück sind zugeteilt.
all-shipped = Alle Stück sind versandt.
order-is-cancelled = Die Bestellung ist storniert.
not-in-queue = Nicht in der Warteschlange
queue-place = Platz { NUMBER($place) }
queue-far = Nach mehr als 1.000 Bestellungen
waiting-since = Wartet seit
too-many-fields = Die Tabelle hat höchstens { NUMBER($max) } Felder, und diese Bestellung braucht { NUMBER($fields) }. Senden Sie den Plan stattdessen an die REST-API.
by-hand = Von Hand
fields-of-plan = Die Felder enthalten die Stückzahlen von Plan { $number }.
by-hand-hint = Jede Position braucht genau ihre fehlenden Stück. Unter jedem Feld stehen die verfügbaren.
units-per-warehouse = Stück je Lager
line-units-per-warehouse = Stück jeder Position je Lager
allocate-these = Diese Stück zuteilen
units-of-from = Stück von { $name } aus { $warehouse }
fill-summary = Nimmt die fehlenden Stück, die jetzt verfügbar sind. Die anderen warten in der Warteschlange und werden zugeteilt, sobald Ware eintrifft.
fill-summary-limited = Nimmt die fehlenden Stück, die jetzt in Ihren Lagern verfügbar sind.
wait-for-rest = Auf den Rest warten
queue-priority-hint = Größere Zahlen zuerst, dann die Bestellung, die am längsten wartet.
queue-not-waiting = Die fehlenden Stück sind nicht in der Warteschlange. Dort werden sie zugeteilt, sobald Ware eintrifft.
join-queue = In die Warteschlange stellen
queue-waiting = Die fehlenden Stück warten auf Platz { NUMBER($place) } der Warteschlange.
change-priority = Priorität ändern
queue-waiting-far = Die fehlenden Stück warten nach mehr als 1.000 anderen Bestellungen.
leave-queue = Aus der Warteschlange nehmen
queue-of-missing = Warteschlange für fehlende Ware
queue-priority = Priorität in der Warteschlange
cancel-units = Stück stornieren
cancel-units-summary = Für Ware, die der Kunde nicht mehr haben will. Zuerst werden fehlende Stück storniert, dann zugeteilte, die dadurch wieder verfügbar sind. Eine Bestellung ohne Stück ist storniert.
units-to-cancel = Zu stornierende Stück
units-to-cancel-hint = Leer: alle, die nicht versandt sind.
everything-it-misses = Alles, was ihr fehlt
give-units-title = Ware an eine andere Bestellung geben
give-units-summary = Gibt zugeteilte Stück an eine Bestellung, der sie fehlen. Der Bestand ändert sich nicht.
give-to = Bestellung, die die Ware erhält
its-number = Ihre Nummer.
units-to-give = Abzugebende Stück
units-to-give-hint = Mit einem Artikel. Leer: so viele, wie ihr fehlen.
give-units = Ware abgeben
everything-missing = Alles, was fehlt
take-units-title = Ware von einer anderen Bestellung nehmen
take-units-summary = Nimmt zugeteilte Stück einer anderen Bestellung, die dieser fehlen. Der Bestand ändert sich nicht.
take-from = Bestellung, die die Ware hat
missing-item = Fehlender Artikel
units-to-take = Zu nehmende Stück
units-to-take-hint = Mit einem Artikel. Leer: so viele, wie sie hat.
take-units = Ware nehmen
no-parcel = Kein Paket
parcels-from = { $parcels ->
    [one] { NUMBER($parcels) } Paket, aus { $warehouses }
   *[other] { NUMBER($parcels) } Pakete, aus { $warehouses }
 }
listed = { $words } und { $last }
fewest-possible = so wenige wie möglich
fewest-found = die wenigsten gefundenen
first-by-priority = nach Priorität die ersten: { $warehouses }
nearest-are = die nächsten: { $distances }
has-highest-stock = höchster Bestand
unknown-distance = unbekannte Entfernung
units-less = { $units ->
    [one] { NUMBER($units) } Stück weniger als der beste Plan
   *[other] { NUMBER($units) } Stück weniger als der beste Plan
 }
parcels-equal = so viele Pakete wie der beste Plan
parcels-more = { $parcels ->
    [one] { NUMBER($parcels) } Paket mehr als der beste Plan
   *[other] { NUMBER($parcels) } Pakete mehr als der beste Plan
 }
parcels-less = { $parcels ->
    [one] { NUMBER($parcels) } Paket weniger als der beste Plan
   *[other] { NUMBER($parcels) } Pakete weniger als der beste Plan
 }
policy-fewest = Wenigste Pakete
policy-priority = Nach Priorität
policy-nearest = Nächstes Lager
policy-stock = Höchster Bestand
may-split = Dürfen geteilt werden
not-split = Nicht geteilt
plans-exact = Der beste Plan zuerst. Alle Kombinationen von Lagern wurden verglichen.
plans-inexact = Der beste Plan zuerst. Zu viele Lager haben diese Artikel, um alle Kombinationen zu vergleichen. Es kann einen besseren Plan geben.
no-plan = Kein Plan: Kein Lager hat verfügbare Stück dieser Artikel.
plans = Pläne
policy = Regel
max-parcels = Höchstzahl der Pakete
show-plans = Pläne zeigen
most-units = die meisten Stück: { NUMBER($units) } von { NUMBER($wanted) }
every-unit = Vollständig
units-missing = { $units ->
    [one] { NUMBER($units) } Stück fehlt
   *[other] { NUMBER($units) } Stück fehlen
 }
change-by-hand = Von Hand ändern
allocate-plan = Plan { $number } zuteilen: { $plan }
allocate-this-plan = Diesen Plan zuteilen
plan-number = Plan { $number }
wait-for-units = Auf Ware warten
ordered = Bestellt
units-left = Zuzuteilende Ware
missing-by-line = Fehlende Stück je Position
missing-of-lines = Fehlende Stück jeder Position
receive-units-of = Wareneingang von { $name } in { $warehouse }
move-from = { NUMBER($units) } Stück aus { $warehouse } umlagern
move-units-of = Ware von { $name } aus { $source } nach { $target } umlagern

## Ergebnis eines Formulars

confirm-holds = Reservierungen bestätigen
release-holds = Reservierungen freigeben
extend-holds = Reservierungen verlängern
holds-confirmed = { NUMBER($done) } bestätigt, { NUMBER($rejected) } abgelehnt.
holds-released = { NUMBER($done) } freigegeben, { NUMBER($rejected) } abgelehnt.
holds-extended = { NUMBER($done) } verlängert, { NUMBER($rejected) } abgelehnt.
rejected = Abgelehnt
extended = Verlängert
held-until = Reserviert bis { $time }
back-to-holds = Zurück zu den Reservierungen
outcome-of-each = Ergebnis jeder Reservierung

## Probleme

problem-unreadable = Die Anfrage kann nicht gelesen werden
problem-invalid-value = Eine Eingabe ist nicht erlaubt
problem-not-found = Hier ist nichts
problem-method-not-allowed = Diese Methode ist nicht erlaubt
problem-signed-out = Sie sind nicht angemeldet
problem-credentials = Die Zugangsdaten sind nicht gültig
problem-sign-in = Die Anmeldung wurde abgelehnt
problem-throttled = Zu viele Versuche
problem-attempt = Die Anmeldung ist beendet
problem-link = Der Link ist nicht gültig
problem-person-not-found = Person nicht gefunden
problem-person-conflict = Die Person kann nicht geändert werden
problem-forbidden = Eine Berechtigung fehlt
problem-cross-site = Die Anfrage kam von einer anderen Website
problem-item-not-found = Artikel nicht gefunden
problem-warehouse-not-found = Lager nicht gefunden
problem-hold-not-found = Reservierung nicht gefunden
problem-cart-not-found = Warenkorb nicht gefunden
problem-order-not-found = Bestellung nicht gefunden
problem-line-not-found = Die Bestellung hat keine Position mit diesem Artikel
problem-client-not-found = Client nicht gefunden
problem-token-not-found = Token nicht gefunden
problem-import-not-found = Import nicht gefunden
problem-body-timeout = Die Anfrage hat zu lange gedauert
problem-short = Nicht genug Bestand
problem-shortage = Die Bestellung wurde nicht zugeteilt
problem-overflow = Zu viele Stück
problem-mismatch = Der Bestand hat sich geändert
problem-below-held = Die Zählung ist zu niedrig
problem-condition = Zu wenige Stück sind in diesem Zustand
problem-document = Einige Zeilen sind abgelehnt
problem-already-sold = Die Reservierung ist schon verkauft
problem-not-sold = Die Reservierung ist noch nicht verkauft
problem-hold-shipped = Die Ware ist versandt
problem-cart-not-confirmed = Der Warenkorb ist nicht bestätigt
problem-hold-expired = Die Reservierung ist abgelaufen
problem-hold-released = Die Reservierung wurde freigegeben
problem-hold-in-cart = Die Reservierung gehört zu einem Warenkorb
problem-cart-confirmed = Der Warenkorb ist schon bestätigt
problem-cart-expired = Der Warenkorb ist abgelaufen
problem-cart-released = Der Warenkorb wurde freigegeben
problem-hold-ordered = Die Reservierung gehört zu einer Bestellung
problem-cart-ordered = Der Warenkorb gehört zu einer Bestellung
problem-cart-changed = Der Warenkorb wurde inzwischen geändert
problem-payment-running = Der Warenkorb wird gerade bezahlt
problem-payment-not-running = Für den Warenkorb läuft keine Zahlung
problem-payment-reference = Ein anderer Warenkorb hat diese Zahlungsreferenz
problem-cart-life = Die Zahlung endet zu spät
problem-reference = Die Referenz ist vergeben
problem-over-hold = Die Reservierung hat weniger Stück
problem-hold-limit = Zu viele Stück für eine Reservierung
problem-holds-limit = Zu viele Reservierungen mit dieser Referenz
problem-allocated = Die Bestellung ist schon zugeteilt
problem-plan = Der Plan passt nicht zur Bestellung
problem-order-shipped = Ware der Bestellung ist versandt
problem-over-line = Die Position hat weniger Stück
problem-units-shipped = Die Ware ist versandt
problem-not-reassignable = Die Ware kann nicht umverteilt werden
problem-lines-fixed = Die Positionen der Bestellung können nicht mehr geändert werden
problem-nothing-to-ship = Die Bestellung hat keine Ware zu versenden
problem-over-allocated = Die Bestellung hat weniger Stück zu versenden
problem-over-returned = Mehr Stück, als versandt wurden
problem-order-cancelled = Die Bestellung ist storniert
problem-sku-taken = Ein anderer Artikel hat diese SKU
problem-barcode-taken = Ein anderer Artikel hat diesen Barcode
problem-category-exists = Die Kategorie gibt es in anderer Schreibweise
problem-code-taken = Ein anderes Lager hat dieses Kürzel
problem-item-archived = Der Artikel ist archiviert
problem-item-held = Ware des Artikels ist reserviert
problem-warehouse-archived = Das Lager ist archiviert
problem-warehouse-stock = Das Lager hat Bestand
problem-warehouse-default = Dies ist das Standardlager
problem-import-state = Der Import erlaubt das jetzt nicht
problem-client-name = Ein anderer Client hat diesen Namen
problem-client-disabled = Der Client ist gesperrt
problem-client-limit = Der Client kann nicht auf Lager begrenzt werden
problem-client-tokens = Der Client hat schon die Höchstzahl gültiger Tokens
problem-changed = Inzwischen geändert
problem-too-large = Zu viele Daten auf einmal
problem-file-too-large = Die Datei ist zu groß
problem-host = Der Server hat einen anderen Namen
problem-repeated = Das Formular wurde schon gesendet
problem-rate = Zu viele Anfragen
problem-internal = Etwas ist schiefgegangen
problem-busy = Der Server ist ausgelastet
problem-stopping = Der Server wird beendet
problem-partly-renamed = Einige Artikel wurden nicht umbenannt
problem-database = Die Datenbank nimmt dies jetzt nicht an
problem-unknown = Das Ergebnis ist unbekannt
problem-nothing-selected = Keine Reservierung ist ausgewählt
problem-cursor = Der Cursor ist nicht bekannt
problem-wrong-password = Das Passwort ist falsch
problem-wrong-code = Der Code ist falsch

## Einzelheiten von Problemen

detail-short = Sie möchten { NUMBER($requested) }. { $available ->
    [0] Nichts ist verfügbar.
    [one] 1 ist verfügbar.
   *[other] { NUMBER($available) } sind verfügbar.
 }
detail-short-at = Sie möchten { NUMBER($requested) }. { $warehouse } hat { $available ->
    [0] nichts
   *[other] { NUMBER($available) }
 }.
detail-short-item = { $item }: { NUMBER($requested) } gewünscht, { NUMBER($available) } verfügbar.
detail-no-item = Es gibt keinen Artikel { $key }.
detail-no-warehouse = Es gibt kein Lager { $key }.
detail-no-hold = Es gibt keine Reservierung { $id }.
detail-no-cart = Es gibt keinen Warenkorb { $id }.
detail-no-order = Es gibt keine Bestellung { $id }.
detail-hold-expired = Reservierung { $id } ist abgelaufen, und ihre Ware ist wieder verfügbar. Legen Sie eine neue an.
detail-hold-released = Reservierung { $id } wurde freigegeben, und ihre Ware ist wieder verfügbar. Legen Sie eine neue an.
detail-already-sold = Die Ware von Reservierung { $id } ist verkauft. Es ist nichts mehr zu tun.
detail-hold-in-cart = Reservierung { $id } gehört zu Warenkorb { $cart }. Bestätigen oder verlängern Sie den Warenkorb, oder geben Sie ihn frei.
detail-hold-ordered = Die Ware von Reservierung { $id } gehört zu Bestellung { $order }.
detail-over-hold = Die Reservierung hat { NUMBER($available) } Stück, und Sie haben { NUMBER($requested) } eingegeben.
detail-hold-limit = Eine Reservierung darf höchstens { NUMBER($available) } Stück haben, und Sie haben { NUMBER($requested) } eingegeben.
detail-cart-confirmed = Warenkorb { $id } ist bestätigt: Seine Ware ist verkauft.
detail-cart-expired = Warenkorb { $id } ist abgelaufen, und seine Ware ist wieder verfügbar.
detail-cart-released = Warenkorb { $id } wurde freigegeben, und seine Ware ist wieder verfügbar.
detail-cart-ordered = Die Ware von Warenkorb { $id } gehört zu Bestellung { $order }.
detail-cart-not-confirmed = Bestätigen Sie zuerst Warenkorb { $id }.
detail-payment-running = Warenkorb { $id } wird noch bis { $time } bezahlt. Bestätigen Sie ihn, oder beenden Sie zuerst die Zahlung.
detail-payment-not-running = Warenkorb { $id } hat keine laufende Zahlung.
detail-reference-order = Bestellung { $id } hat die Referenz { $key }.
detail-reference-cart = Warenkorb { $id } hat die Referenz { $key }.
detail-allocated = Die Ware von Bestellung { $id } ist zugeteilt. Stornieren Sie die Bestellung, um sie zurückzugeben.
detail-order-shipped = Ware von Bestellung { $id } hat das Regal verlassen.
detail-order-cancelled = Bestellung { $id } ist storniert. Legen Sie eine neue an.
detail-lines-fixed = Positionen können nur geändert werden, solange die Bestellung offen ist.
detail-nothing-to-ship = Bestellung { $id } hat dort keine zugeteilte Ware. Teilen Sie sie zuerst zu.
detail-over-allocated = Sie haben { NUMBER($requested) } eingegeben. Die Bestellung hat dort { NUMBER($available) } zugeteilte Stück des Artikels.
detail-over-returned = Sie haben { NUMBER($requested) } eingegeben. Dort wurden { NUMBER($available) } Stück versandt und nicht zurückgegeben.
detail-over-line = Sie haben { NUMBER($requested) } eingegeben. Die Position hat { NUMBER($available) } Stück.
detail-units-shipped = Sie haben { NUMBER($requested) } eingegeben. { NUMBER($available) } Stück der Position sind nicht versandt.
detail-not-reassignable = Sie haben { NUMBER($requested) } eingegeben. { NUMBER($available) } Stück können von der einen Bestellung an die andere gehen.
detail-nothing-to-reassign = Bestellung { $id } hat keine zugeteilte Ware, die der anderen fehlt.
detail-sku-taken = Artikel { $id } hat die SKU { $key }. Wählen Sie eine andere.
detail-barcode-taken = Artikel { $id } hat den Barcode { $key }. Entfernen Sie ihn dort zuerst.
detail-category-exists = Die Kategorie { $key } gibt es schon.
detail-code-taken = Wählen Sie ein anderes Kürzel.
detail-item-archived = Artikel { $id } kann nicht verkauft werden, solange er archiviert ist. Stellen Sie ihn zuerst wieder her.
detail-item-held = { $held ->
    [one] { NUMBER($held) } Stück ist reserviert.
   *[other] { NUMBER($held) } Stück sind reserviert.
 } Archivieren Sie den Artikel, wenn diese Reservierungen beendet sind.
detail-warehouse-archived = Ein archiviertes Lager erhält keine Ware. Stellen Sie es zuerst wieder her.
detail-warehouse-stock = Dort sind { NUMBER($available) } Stück verfügbar und { NUMBER($held) } reserviert. Lagern Sie sie zuerst um.
detail-warehouse-default = Machen Sie zuerst ein anderes Lager zum Standard.
detail-changed = Jemand hat dies inzwischen geändert. Laden Sie die Seite neu, bevor Sie es ändern.
detail-below-held = { NUMBER($requested) } gezählt, aber { NUMBER($unavailable) } Stück im Regal sind reserviert, verkauft, beschädigt oder in Quarantäne.
detail-mismatch = Der Lagerbestand hat { NUMBER($present) } Stück, nicht { NUMBER($expected) }. Zählen Sie noch einmal.
detail-condition = Sie haben { NUMBER($requested) } eingegeben. { $present ->
    [one] { NUMBER($present) } Stück ist in diesem Zustand.
   *[other] { NUMBER($present) } Stück sind in diesem Zustand.
 }
detail-signed-out = Ihre Sitzung ist beendet. Melden Sie sich wieder an.
detail-forbidden = Ihrem Konto fehlt die Berechtigung { $permission }. Ein Administrator kann sie erteilen.
detail-busy = Es wurde nichts geändert. Versuchen Sie es gleich noch einmal.
detail-timeout = Die Änderung kann noch eintreten. Prüfen Sie das, bevor Sie es noch einmal versuchen.
detail-unknown = Die Änderung wurde ganz oder gar nicht gespeichert. Prüfen Sie das, bevor Sie es noch einmal versuchen.
detail-internal = Die Logs nennen die Ursache unter der Kennung der Anfrage.
detail-nothing-selected = Wählen Sie zuerst die Reservierungen aus.
detail-empty = Geben Sie einen Wert ein.
detail-whole-number = Geben Sie eine ganze Zahl ein.
detail-at-least = Geben Sie eine ganze Zahl von mindestens { NUMBER($min) } ein.
detail-between = Geben Sie eine ganze Zahl von { NUMBER($min) } bis { NUMBER($max) } ein.
detail-at-most-characters = Geben Sie höchstens { NUMBER($max) } Zeichen ein.
detail-amount = Geben Sie einen Betrag wie 9.99 ein.
detail-passwords-differ = Geben Sie in beiden Feldern dasselbe Passwort ein.
detail-other-warehouse = Wählen Sie zwei verschiedene Lager.
detail-sign-in = Der Name, das Passwort oder der Code ist falsch.
detail-wrong-password = Das jetzige Passwort ist falsch.
detail-wrong-code = Der Code ist falsch. Prüfen Sie, ob die Uhr des Geräts richtig geht.
detail-link = Der Link ist unbekannt, abgelaufen oder benutzt. Bitten Sie einen Administrator um einen neuen.
detail-attempt = Die Anmeldung ist abgelaufen oder wurde schon benutzt. Beginnen Sie sie noch einmal.
detail-identity = Mit dieser Identität ist hier keine Person verknüpft. Bitten Sie einen Administrator um eine Einladung.
detail-identity-taken = Mit dieser Identität ist eine andere Person verknüpft.
detail-no-person = Es gibt keine Person { $name }.
detail-person-name = Eine andere Person hat den Namen { $name }. Der Name einer gesperrten Person kann nicht wieder benutzt werden.
detail-person-disabled = { $name } ist gesperrt. Entsperren Sie die Person zuerst.
detail-last-administrator = { $name } ist die letzte Person mit Administration, die sich anmelden kann. Fügen Sie zuerst eine andere hinzu.
detail-throttled = Zu viele Versuche. Versuchen Sie es in { NUMBER($seconds) } s noch einmal.
detail-no-lines = Fügen Sie mindestens eine Position hinzu.
detail-no-sku = Es gibt keinen Artikel mit der SKU { $key }.
detail-no-code = Es gibt kein Lager mit dem Kürzel { $key }.
detail-of-field = { $field }: { $detail }
detail-characters-between = Geben Sie { NUMBER($min) } bis { NUMBER($max) } Zeichen ein.
detail-single-character = Wiederholen Sie nicht ein einziges Zeichen.
detail-own-name = Benutzen Sie nicht Ihren Namen als Passwort.

## Meldungen nach einem Formular

done = Erledigt.
request-rejected = Die Anfrage wurde abgelehnt.
local-admin = Lokale Administration, ohne Anmeldung
factor-removed = Der zweite Faktor ist entfernt.
session-ended = Die Sitzung ist beendet.
token-is-revoked = Token { $id } ist widerrufen.
client-is-disabled = Client { $name } ist gesperrt.
role-is = Die Rolle von { $name } ist jetzt: { $role }.
sessions-ended = Beendete Sitzungen von { $name }: { NUMBER($sessions) }.
person-is-disabled = { $name } ist gesperrt.
person-is-enabled = { $name } ist entsperrt.
not-limited = { $name } ist nicht auf Lager begrenzt.
limited-to = { $name } ist auf { $warehouses } begrenzt.
cart-is-confirmed = Der Warenkorb ist bestätigt.
payment-ended = Die Zahlung ist beendet.
order-created = Die Bestellung ist angelegt.
cart-is-extended = Der Warenkorb ist verlängert.
cart-is-released = Der Warenkorb ist freigegeben.
units-are-shipped = Die Ware ist versandt.
units-came-back = Die Ware ist zurückgenommen.
lines-changed = Die Positionen sind geändert.
lines-conflict = Die Positionen wurden inzwischen geändert, und nichts wurde gespeichert. Das Formular zeigt Ihre Stückzahlen neben den jetzigen. Speichern Sie noch einmal, um die jetzigen zu ersetzen.
sign-in-cancelled = Die Anmeldung mit { $provider } wurde abgebrochen.
sign-in-refused = { $provider } hat die Anmeldung abgelehnt.
no-host = Die Anfrage nennt keinen Host.
sign-in-unavailable = Die Anmeldung mit { $provider } ist jetzt nicht verfügbar. Versuchen Sie es später, oder benutzen Sie Ihr Passwort.
sign-in-invalid = Die Antwort von { $provider } ist nicht gültig. Beginnen Sie die Anmeldung noch einmal.
order-is-allocated = Bestellung { $id } ist zugeteilt.
planned-short = { $item }: { NUMBER($requested) } geplant, { NUMBER($available) } verfügbar
and-more-lines = { $lines ->
    [one] und { NUMBER($lines) } weitere Position
   *[other] und { NUMBER($lines) } weitere Positionen
 }
plan-short = Der Plan braucht Stück, die nicht mehr verfügbar sind. Es wurde nichts zugeteilt. { $lines }. Die Pläne unten gelten für den jetzigen Bestand.
allocated-and-waiting = { NUMBER($taken) } zugeteilt, { NUMBER($waiting) } in der Warteschlange.
allocated-and-missing = { NUMBER($taken) } zugeteilt, { NUMBER($missing) } fehlen.
now-in-queue = Die fehlenden Stück warten in der Warteschlange.
left-queue = Die Bestellung hat die Warteschlange verlassen.
order-is-cancelled-empty = Bestellung { $id } ist storniert: Es ist kein Stück übrig.
units-cancelled = { $units ->
    [one] { NUMBER($units) } Stück storniert.
   *[other] { NUMBER($units) } Stück storniert.
 }
units-given = { $units ->
    [one] { NUMBER($units) } Stück an Bestellung { $order } gegeben.
   *[other] { NUMBER($units) } Stück an Bestellung { $order } gegeben.
 }
units-taken-from = { $units ->
    [one] { NUMBER($units) } Stück von Bestellung { $order } genommen.
   *[other] { NUMBER($units) } Stück von Bestellung { $order } genommen.
 }

## Probleme auf einer Seite

until = bis
request = Anfrage
copied = Kopiert
copy-request-id = Kennung der Anfrage kopieren
try-again = Noch einmal versuchen
problem-unreachable = Der Server ist nicht erreichbar
detail-unreachable = Prüfen Sie die Verbindung, und versuchen Sie es noch einmal.

## Beschriftungen mehrerer Seiten

available-here-label = Hier verfügbar
receive-count = Wareneingang: { NUMBER($units) } Stück
change-action = Ändern
authenticator-code = Code

## Listen, die stillhalten

new-rows-show = { NUMBER($count) }{ $more } neu – anzeigen
row-left = nicht mehr in dieser Liste

## Meldungen von Aktionen

discard-changes = Änderungen verwerfen?
action-hold-confirmed = { $which } bestätigt: { $units } verkauft.
action-hold-released = { $which } freigegeben: { $units } wieder verfügbar.
action-hold-extended = { $which } verlängert.
action-failures-follow = { NUMBER($count) } fehlgeschlagen:
action-holds-failed = { $which } fehlgeschlagen:
action-hold-failure = Reservierung { $id }: { $reason }.
action-hold-restored = Reservierung { $old } als Reservierung { $new } wiederhergestellt.
action-holds-restored = Reservierungen { $old } als Reservierungen { $new } wiederhergestellt.
action-many-holds-restored = { $which } mit neuen Nummern wiederhergestellt.
action-no-hold-restored = Keine Reservierung wiederhergestellt.
action-holds-with-units = { $holds } mit { $units }
action-release-holds = { $which } freigeben?
action-release-holds-note = Die Stück sind dann wieder verfügbar. „Rückgängig“ reserviert sie unter neuen Nummern, falls sie noch verfügbar sind.

shortcut-undo = Die letzte Aktion rückgängig machen, solange ihre Meldung zu sehen ist

## Mitteilungen

notifications = Mitteilungen
notifications-mark-read = Alle als gelesen markieren
notifications-none = Es gibt keine Mitteilungen.
notifications-unread = { $count ->
    [one] { NUMBER($count) } ungelesene Mitteilung
   *[other] { NUMBER($count) } ungelesene Mitteilungen
 }
notifications-kept = Die letzten 200 der vergangenen 14 Tage. Eine Bestellung ist aufgeführt, solange sie wartet.
unread = ungelesen
notice-low = { $item } wird knapp: { $units ->
    [one] { NUMBER($units) } unverkauftes Stück
   *[other] { NUMBER($units) } unverkaufte Stück
 }
notice-sold-out = { $item } ist ausverkauft
notice-waiting = Bestellung { $order } wartet auf Ware
notice-imported = { $file } wurde importiert: { $rows ->
    [one] { NUMBER($rows) } Zeile
   *[other] { NUMBER($rows) } Zeilen
 }
notice-webhook-failing = Die Zustellungen an den Webhook { $name } schlagen fehl
notice-import-failed = Der Import von { $file } ist fehlgeschlagen

## Aktivität

activity = Aktivität
activity-minutes = Aktivität der letzten Stunde je Minute
period-eight-weeks = 8 Wochen
span = Zeitraum
span-evening = Seit gestern Abend
span-custom = Eigener
span-text = Von { $from } bis { $until }
span-from = Von
span-until = Bis
show = Anzeigen
units-sold = Verkaufte Stück
units-held = Reservierte Stück
units-expired = Abgelaufene Stück
units-released = Freigegebene Stück
units-received = Eingegangene Stück
units-written-off = Abgeschriebene Stück
units-returned = Zurückgesandte Stück
requests-refused = Abgelehnte Anfragen
units-refused = Abgelehnte Stück
confirmed = Bestätigt
allocations = Zuteilungen
running-out = Bald ausverkauft
running-out-none = Beim jetzigen Absatz geht kein Artikel aus.
sold-in-week = In 7 Tagen verkauft
lasts-for = Reicht für
few-hours = einige Stunden
one-day = 1 Tag
some-days = { $days } Tage
waiting-orders = Wartende Bestellungen
waiting-none = Keine Bestellung wartet auf Ware.
place = Platz
units-of-item = { NUMBER($units) } × { $item }
more-items = { NUMBER($count) } weitere
last-receipts = Letzte Wareneingänge
receipts-none = Es ist nichts eingegangen.
people-and-checks = Personen und Prüfungen
items-at-threshold = { $count ->
    [one] { NUMBER($count) } Artikel an oder unter seiner Schwelle
   *[other] { NUMBER($count) } Artikel an oder unter ihren Schwellen
 }
items-without-units = { $count ->
    [one] { NUMBER($count) } Artikel ist ausverkauft
   *[other] { NUMBER($count) } Artikel sind ausverkauft
 }
orders-wait-at-least = Mindestens { NUMBER($count) } Bestellungen warten auf Ware
orders-wait = { $count ->
    [one] { NUMBER($count) } Bestellung wartet auf Ware
   *[other] { NUMBER($count) } Bestellungen warten auf Ware
 }
moved-by = { $actor }: { NUMBER($units) } Stück in { $count ->
    [one] { NUMBER($count) } Bewegung
   *[other] { NUMBER($count) } Bewegungen
 }
recorded-actions = { $count ->
    [one] { $actor }: { NUMBER($count) } aufgezeichnete Aktion
   *[other] { $actor }: { NUMBER($count) } aufgezeichnete Aktionen
 }
reconcile-never = stockhold reconcile ist noch nicht gelaufen.
reconcile-clean = Letzter Abgleich { $time }: Jedes Stück ist nachgewiesen.
reconcile-left = { $count ->
    [one] Letzter Abgleich { $time }: { NUMBER($count) } Abweichung offen.
   *[other] Letzter Abgleich { $time }: { NUMBER($count) } Abweichungen offen.
 }

## Gründe für einen fehlenden Artikel

why-unavailable = Warum ist er nicht verfügbar?
why-short = Warum ist er knapp?
stock-over-time = Bestand im Zeitverlauf
units-available-now = { $units ->
    [one] { NUMBER($units) } Stück verfügbar
   *[other] { NUMBER($units) } Stück verfügbar
 }
units-held-for-buyers = { $units ->
    [one] { NUMBER($units) } Stück für Käufer reserviert
   *[other] { NUMBER($units) } Stück für Käufer reserviert
 }
units-committed = { $units ->
    [one] { NUMBER($units) } Stück verkauft oder zugeteilt, nicht versandt
   *[other] { NUMBER($units) } Stück verkauft oder zugeteilt, nicht versandt
 }
units-damaged = { $units ->
    [one] { NUMBER($units) } Stück beschädigt
   *[other] { NUMBER($units) } Stück beschädigt
 }
units-quarantined = { $units ->
    [one] { NUMBER($units) } Stück in Quarantäne
   *[other] { NUMBER($units) } Stück in Quarantäne
 }
next-hold-expires = Die nächste Reservierung läuft ab in
last-receipt = { $units ->
    [one] Letzter Wareneingang: { NUMBER($units) } Stück in { $warehouse }, { $time }
   *[other] Letzter Wareneingang: { NUMBER($units) } Stück in { $warehouse }, { $time }
 }
receipt-none = Zuletzt kein Wareneingang
largest-holds = Größte Reservierungen
holds-none = Es sind keine Stück reserviert.
not-shipped = Zugeteilt, nicht versandt
not-shipped-none = Keine Bestellung hat Ware im Lager.
sold-to = Verkauft an
last-sales = Letzte Verkäufe
sales-none = Zuletzt wurde nichts verkauft.

## Bewegungen und abgelehnte Anfragen

received-at = Eingegangen
no-movements = Es gibt keine Bewegungen mit diesem Filter.
movements-latest-first = Bewegungen des Bestands, die neuesten zuerst.
movements-sum = { $units ->
    [one] { NUMBER($units) } Stück
   *[other] { NUMBER($units) } Stück
 } in { $count ->
    [one] { NUMBER($count) } Bewegung.
   *[other] { NUMBER($count) } Bewegungen.
 }
day-or-time-hint = Ein Tag wie 2026-11-28 oder ein Zeitpunkt wie 2026-11-28T18:00:00Z, in UTC.
last-day-or-time-hint = Der letzte Tag oder ein Zeitpunkt, der nicht mehr dazugehört.
sold-in-holds = { $units } in bestätigten Reservierungen
sold-of-orders = { $units } in Bestellungen: zugeteilt, oder versandt und nicht zurückgekommen
sold-orders = Bestellungen mit Ware
sold-orders-none = Keine Bestellung hat Ware.
refusals = Mangels Bestand abgelehnt
refusals-sum = { $units ->
    [one] { NUMBER($units) } Stück
   *[other] { NUMBER($units) } Stück
 } aus { $count ->
    [one] { NUMBER($count) } Anfrage abgelehnt,
   *[other] { NUMBER($count) } Anfragen abgelehnt,
 } gezählt in ganzen Stunden. Die Zahlen sind einige Sekunden alt.
requests = Anfragen
other-items = Alle anderen Artikel
undo = Rückgängig
rename = Umbenennen
created-order = Bestellung { $id } angelegt: { $size }. Teilen Sie sie zu, um den Bestand zu belegen.
order-cancelled = Bestellung { $id } storniert.
order-allocated = Bestellung { $id } ist zugeteilt: alle Positionen.
created-item = { $name } angelegt, { NUMBER($units) } Stück verfügbar.
open-it = Öffnen
item-saved = { $name } gespeichert.
changes-undone = Änderungen an { $name } zurückgenommen.
move-undone = Rückgängig gemacht: Die Menge ist zurück.
moved = { NUMBER($units) } nach { $code } umgelagert (jetzt { NUMBER($available) }).

units-expected = { $units ->
    [one] { NUMBER($units) } Stück wird in offenen Lieferungen erwartet.
   *[other] { NUMBER($units) } Stück werden in offenen Lieferungen erwartet.
 }

## Reservierungen für Kunden

customer-reference = Kundenreferenz
note = Notiz
period-other = Andere Dauer
period-until = Bis zu einem Zeitpunkt
duration = Dauer
duration-unit = Einheit
unit-minutes = Minuten
unit-hours = Stunden
unit-days = Tage
hold-until = Reservieren bis
units-sold-of-hold = Verkaufte Stück
all-units-hint = Leer für alle Stück.
rest-of-hold = Übrige Stück
rest-released = werden freigegeben
rest-held = bleiben reserviert
rest-stays-held = Die übrigen Stück bleiben als Reservierung { $id } reserviert.
confirm-part = Einen Teil verkaufen
detail-past = Geben Sie einen Zeitpunkt in der Zukunft ein.
detail-too-late = Geben Sie einen Zeitpunkt innerhalb der nächsten 30 Tage ein.
detail-moment = Geben Sie ein Datum und eine Uhrzeit ein.

## Erste Schritte

first-steps = Erste Schritte
step-done = Erledigt
step-open = Offen
step-warehouse = Lager einrichten
step-items = Artikel mit Bestand anlegen
step-hold = Zum ersten Mal reservieren
step-client = Shop verbinden: einen API-Client anlegen
dismiss-steps = Diese Schritte ausblenden
webhooks = Webhooks
webhooks-summary = Ein Webhook sendet jedes Bestandsereignis an ein anderes System: eine signierte Nachricht über HTTPS, in der Reihenfolge jedes Artikels.
no-webhooks = Es gibt noch keine Webhooks.
add-webhook = Webhook hinzufügen
change-webhook = Webhook ändern
webhook-url = URL
webhook-url-hint = https, ohne Benutzer, Passwort oder private Adresse.
webhook-kinds = Ereignisarten
webhook-kinds-hint = Zum Beispiel movement.blocked und stock.low, durch Kommas getrennt. Leer lassen für alle.
webhook-warehouses-hint = Codes, durch Kommas getrennt. Leer lassen für alle Lager.
webhook-skus = SKUs
webhook-skus-hint = Eine pro Zeile. Leer lassen für alle Artikel.
webhook-signature = Signatur
webhook-hmac = v1: ein gemeinsames Geheimnis (HMAC)
webhook-ed25519 = v1a: ein öffentlicher Schlüssel (ed25519)
webhook-waiting = Wartende Ereignisse
webhook-set-aside = Zurückgelegte Ereignisse
webhook-active = aktiv
webhook-failing = fehlerhaft
webhook-paused = pausiert
webhook-disabled = abgeschaltet
webhook-pause = Pausieren
webhook-resume = Fortsetzen
webhook-retry-now = Jetzt wiederholen
webhook-test = Test senden
webhook-tested = Der Empfänger hat den Test mit { $status } beantwortet.
webhook-test-failed = Der Test blieb ohne Antwort: { $reason }
webhook-secret = Neues Geheimnis
webhook-secret-note = Der Empfänger prüft Nachrichten mit diesem Geheimnis.
webhook-public-key = Öffentlicher Schlüssel
webhook-public-key-note = Der Empfänger prüft Nachrichten mit diesem öffentlichen Schlüssel.
webhook-gone = Der Empfänger möchte keine Nachrichten mehr (410). Setzen Sie den Webhook fort, um wieder zu senden.
webhook-cursor-unknown = Die Datenbank hat einen anderen Verlauf als zuvor. Wiederholen Sie ab einem Zeitpunkt und setzen Sie den Webhook fort.
webhook-cursor-archived = Ereignisse, die dieser Webhook nicht bekommen hat, sind archiviert. Wiederholen Sie ab einem späteren Zeitpunkt und setzen Sie den Webhook fort.
webhook-delivered = Letzte Zustellung
webhook-failing-since = Fehlerhaft seit
webhook-waits-until = Wartet bis
webhook-cursor = Cursor
webhook-cursor-hint = Ein Cursor des Ereignis-Feeds oder 0 für dessen Anfang.
webhook-replay = Erneut senden ab
webhook-replay-note = Sendet die Ereignisse nach einer Position noch einmal. Der Empfänger erkennt wiederholte Nachrichten an ihrer Kennung.
webhook-since = Seit (UTC)
webhook-since-hint = Ereignisse bis zu einer Minute davor können mitgesendet werden.
webhook-rotate = Neues Geheimnis
webhook-rotate-note = 24 Stunden lang tragen Nachrichten Signaturen mit dem alten und dem neuen Geheimnis.
webhook-delete = Webhook löschen
webhook-delete-note = Seine Zustellungen und die zurückgelegten Ereignisse werden ebenfalls gelöscht.
webhook-deliveries = Zustellungen
webhook-no-deliveries = Es wurde noch nichts gesendet.
webhook-deliveries-note = Die letzten Versuche. Bei hoher Rate wird nicht jeder gespeichert.
webhook-attempt = Versuch
webhook-result = Ergebnis
webhook-duration = Dauer
webhook-exchange = Nachricht
webhook-answer = Antwort
webhook-no-answer = (leer)
webhook-send-again = Erneut senden
webhook-send-all-again = Alle erneut senden
webhook-events-retried = { $count ->
    [one] { NUMBER($count) } Ereignis wird erneut gesendet.
   *[other] { NUMBER($count) } Ereignisse werden erneut gesendet.
 }
milliseconds = { $count } ms
problem-webhook-not-found = Webhook nicht gefunden
problem-webhooks-limit = Zu viele Webhooks
detail-webhook-not-found = Diesen Webhook gibt es nicht. Vielleicht wurde er gelöscht.
detail-webhooks-limit = Die Höchstzahl an Webhooks ist erreicht. Löschen Sie zuerst einen.
detail-webhook-url = Geben Sie eine URL ein, die mit https:// beginnt, ohne Benutzer, Passwort oder private Adresse.
detail-event-kinds = Geben Sie Ereignisarten wie movement.blocked oder stock.low ein, durch Kommas getrennt.
detail-webhook-cursor = Geben Sie einen Cursor des Ereignis-Feeds oder einen Zeitpunkt ein.
event-session-rejected = Anmeldung abgelehnt
event-session-revoked = Sitzungen beendet
event-person-invited = Person eingeladen
event-person-created = Person hinzugefügt
event-person-changed = Person geändert
event-person-disabled = Person deaktiviert
event-password-changed = Passwort geändert
event-second-factor-changed = Zweiter Faktor geändert
event-identity-changed = Verknüpftes Konto geändert
event-client-created = API-Client hinzugefügt
event-client-changed = API-Client geändert
event-client-disabled = API-Client deaktiviert
event-token-created = Token erstellt
event-token-revoked = Token widerrufen
event-order-created = Auftrag angelegt
event-order-changed = Auftrag geändert
event-order-cancelled = Auftrag storniert
event-block-extended = Reservierung verlängert
event-payment-started = Zahlung begonnen
event-payment-ended = Zahlung beendet
event-import-created = Datei hochgeladen
event-import-applied = Import angewendet
event-import-cancelled = Import abgebrochen
event-view-saved = Ansicht gespeichert
event-view-deleted = Ansicht gelöscht
event-webhook-created = Webhook angelegt
event-webhook-changed = Webhook geändert
event-webhook-rotated = Geheimnis eines Webhooks ersetzt
event-webhook-disabled = Webhook abgeschaltet
event-webhook-deleted = Webhook gelöscht
event-archive-written = Alte Daten archiviert
event-server-started = Server gestartet
import-row-problem = { $code ->
    [unclosed_quote] Ein Anführungszeichen wird geöffnet und nicht geschlossen.
    [stray_quote] Ein Anführungszeichen in einer Zelle muss verdoppelt werden ("").
    [row_too_long] Die Zeile ist zu lang.
    [below_unclosed_quote] Die Zeile steht unter einem nicht geschlossenen Anführungszeichen: Prüfen Sie, ob sie eine eigene Zeile ist.
    [too_many_cells] Die Zeile hat mehr Zellen als die Kopfzeile.
    [too_few_cells] Die Zeile hat weniger Zellen als die Kopfzeile.
    [unreadable_character] Ein Zeichen ist nicht lesbar: Wählen Sie eine andere Kodierung, oder speichern Sie die Datei als UTF-8.
    [empty_cell] Die Zelle ist leer.
    [key_missing] Die Zeile hat weder eine SKU noch eine Nummer.
    [no_key] Die Zeile hat weder eine SKU noch eine Nummer: Jeder Import legt einen Artikel an.
    [invalid_id] Das ist keine Artikelnummer.
    [shortened_by_spreadsheet] Ein Tabellenprogramm hat die Zahl gekürzt: Formatieren Sie die Spalte als Text, und geben Sie die Zahl neu ein.
    [barcode_separator] Barcodes werden durch Leerzeichen getrennt, ohne Komma oder Semikolon.
    [invalid_value] Der Wert ist nicht erlaubt.
    [not_a_number] Das ist keine Zahl.
    [ambiguous_number] Die Zahl kann auf zwei Arten gelesen werden.
    [other_decimal_sign] Die Zahl hat nicht das Dezimalzeichen dieser Datei.
    [number_not_plain] Die Zahl darf nur Ziffern und ein Dezimalzeichen haben.
    [plus_in_count] Ein Pluszeichen ist nur in einer Spalte mit Änderungen erlaubt.
    [negative_number] Die Zahl darf nicht negativ sein.
    [not_whole] Das ist keine ganze Zahl.
    [too_many_decimals] Die Zahl hat mehr als zwei Nachkommastellen.
    [number_too_large] Die Zahl ist zu groß.
    [internal] Die Zeile konnte nicht verarbeitet werden.
    [too_many_rows] Die Datei hat zu viele Zeilen.
    [large_decrease] Der Bestand nimmt stark ab.
    [level_repeated] Eine frühere Zeile betrifft denselben Bestand. Beide werden in der Reihenfolge der Datei angewendet.
    [row_repeated] Eine frühere Zeile der Datei betrifft dasselbe.
    [item_archived] Der Artikel ist archiviert.
    [item_not_found] Diesen Artikel gibt es nicht.
    [sku_not_found] Einen Artikel mit dieser SKU gibt es nicht.
    [keys_differ] SKU und Nummer gehören zu verschiedenen Artikeln.
    [warehouse_missing] Das Lager fehlt.
    [warehouse_not_found] Dieses Lager gibt es nicht.
    [warehouse_archived] Das Lager ist archiviert.
    [count_below_held] Gezählt wurden weniger Einheiten, als reserviert sind.
    [insufficient_stock] Die Änderung nimmt mehr Einheiten, als verfügbar sind.
    [details_missing] Für einen neuen Artikel fehlen Angaben.
   *[other] { $message }
 }
setting-file = Konfigurationsdatei
