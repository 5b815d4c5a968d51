// Runs before marp's own script: all windows of the stage follow each other, however
// they were opened, and a new one opens at the slide that is shown.
"use strict";

if ("live" in document.documentElement.dataset) {
  const key = "asyncio-live";
  const shown = JSON.parse(localStorage.getItem(`bespoke-marp-sync-${key}`) ?? "{}");
  history.replaceState({ marpBespokeSyncKey: key }, "");
  if (!location.hash && shown.index) location.hash = shown.index + 1;
}
