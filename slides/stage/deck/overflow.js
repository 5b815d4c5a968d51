// The slides that hold more than they have room for, as [slide, text, pixels]: the line
// that stands out furthest, and by how much. A value to evaluate in the deck: as it is
// shown, or opened without its scripts.
[...document.querySelectorAll("svg[data-marpit-svg]")].flatMap((slide, index) => {
  // A background has sections of its own, without text.
  return [...slide.querySelectorAll(":scope > foreignObject > section")].flatMap((section) => {
    const SLACK = 6; // px: a font's box is a little higher than its line
    const zoom = section.getBoundingClientRect().width / section.offsetWidth;
    const range = document.createRange();

    function beyond(node) {
      range.selectNode(node);
      const text = range.getBoundingClientRect();
      const holder = node.parentElement.closest("pre, section, section svg");
      const box = holder.getBoundingClientRect();
      const style = getComputedStyle(holder);
      const inside = (side) => parseFloat(style[`padding${side}`]) * zoom || 0;
      const out = Math.max(
        box.left + inside("Left") - text.left,
        box.top + inside("Top") - text.top,
        text.right - box.right + inside("Right"),
        text.bottom - box.bottom + inside("Bottom"),
      );
      return text.width ? out / zoom : 0;
    }

    function lineOf(node) {
      range.setStart(node.parentElement.closest("pre, p, li, td, th, text, section > *"), 0);
      range.setEndAfter(node);
      return range.toString().trim().split("\n").at(-1);
    }

    let worst = [index + 1, "", SLACK];
    const texts = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      if (!node.data.trim() || node.parentElement.closest("header, footer, style")) continue;
      const pixels = Math.round(beyond(node));
      if (pixels > worst[2]) worst = [index + 1, lineOf(node), pixels];
    }
    return worst[1] ? [worst] : [];
  });
})
