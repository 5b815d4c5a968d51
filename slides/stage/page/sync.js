// Runs before marp's own script: the windows follow the show (stage.js), and not each
// other through the browser's storage, as marp has it; and the presenter's is our own.
// @ts-check
"use strict";

window.addEventListener("storage", (event) => event.stopImmediatePropagation(), true);
if (new URLSearchParams(location.search).get("view") === "presenter")
  location.replace("presenter.html");
