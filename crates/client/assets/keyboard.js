// The keyboard of pages without WASM: barcode scanners and shortcuts. `crates/client/src/scanner.rs` and
// `crates/client/src/shortcuts.rs` do the same on the other pages, with the same bounds. The dialog `#keyboard` is rendered by
// `crates/client/src/keyboard.rs`.
"use strict";
{
  /** The fewest characters of a scanned code. */
  const CHARS_MIN = 6;
  /** The longest time between two keys of a scanner, in milliseconds. */
  const GAP_MS = 50;
  /** After so many fast keys, letters are part of a code, and no shortcuts. */
  const FAST_KEYS_MIN = 4;
  /** The longest time between `g` and the letter, in milliseconds. */
  const CHORD_MS = 1500;

  const help = document.getElementById("keyboard");
  const singleKeys = help.querySelector("input[type=checkbox]");

  /** Runs an access to the browser's storage, which the browser may refuse. */
  const withStorage = (access) => {
    try {
      return access(localStorage);
    } catch {
      return null;
    }
  };

  const setting = help.dataset.setting;
  singleKeys.checked = withStorage((storage) => storage.getItem(setting)) !== "off";
  singleKeys.addEventListener("change", () => {
    withStorage((storage) => storage.setItem(setting, singleKeys.checked ? "on" : "off"));
  });

  /** Returns whether the focused element takes text input. */
  const isTyping = () => {
    const focused = document.activeElement;
    if (focused?.isContentEditable || ["TEXTAREA", "SELECT"].includes(focused?.tagName)) return true;
    return focused?.tagName === "INPUT" && !["checkbox", "radio", "file"].includes(focused.type);
  };

  /** Returns whether single keys are for the page: neither for a text field nor for a dialog. */
  const isFree = () => !isTyping() && !document.querySelector("dialog[open]");

  const headerSearch = () => document.querySelector(".shell__find input");

  /** Moves the focus to a search field, if the page has it. Returns whether it has. */
  const focusSearch = (field) => {
    help.close();
    field?.focus();
    field?.select();
    return Boolean(field);
  };

  let code = "";
  let lastKey = -Infinity;

  /** Adds a key. Returns whether it belongs to a scan. Enter after a code opens the item with this barcode or SKU. */
  const scan = (key, now) => {
    if (now - lastKey >= GAP_MS) code = "";
    lastKey = now;
    if ([...key].length === 1) code += key;
    const scanned = code;
    const length = [...scanned].length;
    if (key !== "Enter") return length >= FAST_KEYS_MIN;
    code = "";
    if (length < CHARS_MIN) return false;
    location.assign(`/scan?${new URLSearchParams({ code: scanned })}`);
    return true;
  };

  let chord = -Infinity;

  /** Handles a single key. Returns whether it is a shortcut. */
  const single = (key, now) => {
    if (now - chord < CHORD_MS) {
      chord = -Infinity;
      const page = [...help.querySelectorAll("a[data-key]")].find((link) => link.dataset.key === key);
      page?.click();
      if (page) return true;
    }
    switch (key) {
      case "g":
        chord = now;
        return true;
      case "?":
        help.showModal();
        return true;
      case "/":
        return focusSearch(document.querySelector("main input[type=search]") ?? headerSearch());
      default:
        return false;
    }
  };

  /** Returns whether a key belongs to a scan or is a shortcut. */
  // The browser sends a key without a name when it fills a form.
  const handle = ({ key = "", ctrlKey, metaKey, altKey, repeat, timeStamp }) => {
    if ((ctrlKey || metaKey) && key.toLowerCase() === "k") {
      return focusSearch(headerSearch());
    }
    if (ctrlKey || metaKey || altKey || !isFree()) return false;
    // A held key repeats as fast as a scanner types.
    return (!repeat && scan(key, timeStamp)) || (singleKeys.checked && single(key, timeStamp));
  };

  addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && handle(event)) event.preventDefault();
  });
}
