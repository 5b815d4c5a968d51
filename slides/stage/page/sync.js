// Runs before marp's own script: the windows follow the show (stage.js), and not each
// other through the browser's storage, as marp has it; and the presenter's is our own.
// @ts-check
"use strict";

window.addEventListener("storage", (event) => event.stopImmediatePropagation(), true);
if (new URLSearchParams(location.search).get("view") === "presenter")
  location.replace("presenter.html");

// Where the browser goes to another address, the stage is asked first. (Of an event at
// the window itself, its listeners are told in the order in which they came.)
for (const type of ["popstate", "hashchange"])
  window.addEventListener(type, (event) => {
    const asked = new Event("stage-address", { cancelable: true });
    if (event.isTrusted && !window.dispatchEvent(asked)) event.stopImmediatePropagation();
  });
