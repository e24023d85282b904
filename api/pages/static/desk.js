// What every page of the desk shares. Pages work without it; it only makes them quicker.
"use strict";

// Whether somebody is typing, so that no key may act.
function isTyping(event) {
  const at = event.target;
  return event.isComposing || event.ctrlKey || event.metaKey || event.altKey ||
    (at instanceof HTMLElement && (at.isContentEditable || at.matches("input, textarea, select")));
}
globalThis.isTyping = isTyping;
