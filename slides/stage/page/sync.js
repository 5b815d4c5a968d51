// Runs before marp's own script: the windows follow the show (stage.js), and not each
// other through the browser's storage, as marp has it.
// @ts-check
"use strict";

window.addEventListener("storage", (event) => event.stopImmediatePropagation(), true);
