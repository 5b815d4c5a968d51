// Runs before marp's own script: all windows of the stage follow each other, however
// they were opened, and a new one opens at the slide that is shown.
"use strict";

if ("live" in document.documentElement.dataset) {
  const key = "asyncio-live";
  const shown = JSON.parse(localStorage.getItem(`bespoke-marp-sync-${key}`) ?? "{}");
  const slide = location.hash || (shown.index ? `#${shown.index + 1}` : "");
  history.replaceState({ marpBespokeSyncKey: key }, "", location.search + slide);
}
