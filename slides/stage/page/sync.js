// Runs before marp's own script. Where a server owns the show, the windows follow it,
// and not each other through the browser's storage, as marp has it.
// @ts-check
"use strict";

if ("live" in document.documentElement.dataset)
  window.addEventListener("storage", (event) => event.stopImmediatePropagation(), true);
