// @ts-check
"use strict";

/** The slides that hold more than they have room for, as [slide, text, pixels]: the line,
 * or the picture, that stands out furthest, and by how much. Of a page whose slides are
 * all laid out, such as the deck opened without its scripts. @param {Document} page
 * @returns {[number, string, number][]} */
const overflowing = (page) =>
  [...page.querySelectorAll("svg[data-marpit-svg]")].flatMap((slide, index) => {
    // A background has sections of its own, without text.
    /** @type {NodeListOf<HTMLElement>} */
    const sections = slide.querySelectorAll(":scope > foreignObject > section");
    return [...sections].flatMap((section) => {
      const SLACK = 6; // px: a font's box is a little higher than its line
      const zoom = section.getBoundingClientRect().width / section.offsetWidth;
      const range = page.createRange();
      const NONE = { left: 0, top: 0, right: 0, bottom: 0 };

      /** @param {Node} node */
      function beyond(node) {
        range.selectNode(node);
        const element = node.parentElement ?? section;
        // Where a letter of a picture is, Firefox knows of its element only.
        const isDrawn = "ownerSVGElement" in element;
        const text = (isDrawn ? element : range).getBoundingClientRect();
        const holder = element.closest("pre, section, section svg") ?? section;
        // Code fits its frame, but the frame may not fit the slide.
        const holders = holder.matches("pre") ? [holder, section] : [holder];
        return Math.max(...holders.map((each) => outside(text, each, paddingOf(each))));
      }

      /** @param {Element} holder */
      function paddingOf(holder) {
        const style = getComputedStyle(holder);
        /** @param {string} side */
        const at = (side) => parseFloat(style.getPropertyValue(`padding-${side}`)) || 0;
        return { left: at("left"), top: at("top"), right: at("right"), bottom: at("bottom") };
      }

      /** @param {DOMRect} shown @param {Element} holder @param {typeof NONE} padding */
      function outside(shown, holder, padding) {
        if (!shown.width) return 0;
        const box = holder.getBoundingClientRect();
        return Math.max(
          (box.left - shown.left) / zoom + padding.left,
          (box.top - shown.top) / zoom + padding.top,
          (shown.right - box.right) / zoom + padding.right,
          (shown.bottom - box.bottom) / zoom + padding.bottom,
        );
      }

      /** @param {Node} node */
      function lineOf(node) {
        const lines = "pre, p, li, td, th, text, section > *";
        range.setStart(node.parentElement?.closest(lines) ?? section, 0);
        range.setEndAfter(node);
        return range.toString().trim().split("\n").at(-1) ?? "";
      }

      /** @param {Element} picture */
      const nameOf = (picture) =>
        picture.getAttribute("src") ??
        (picture.getAttribute("aria-label") || lineOf(picture) || picture.localName);

      /** @type {[number, string, number]} */
      let worst = [index + 1, "", SLACK];
      const texts = page.createTreeWalker(section, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const node = texts.currentNode;
        const isText = node.textContent?.trim();
        if (!isText || node.parentElement?.closest("header, footer, style")) continue;
        const pixels = Math.round(beyond(node));
        if (pixels > worst[2]) worst = [index + 1, lineOf(node), pixels];
      }
      // A picture may fill the slide up to its edges.
      for (const picture of section.querySelectorAll("img, video, svg")) {
        if (picture.parentElement?.closest("header, footer, section svg")) continue;
        const pixels = Math.round(outside(picture.getBoundingClientRect(), section, NONE));
        if (pixels > worst[2]) worst = [index + 1, nameOf(picture), pixels];
      }
      return worst[1] ? [worst] : [];
    });
  });

/** Resolves once Marp's script, if it has run, has fitted headings and code: it takes a
 * frame for each of its turns. @param {Document} page */
const fitted = async (page) => {
  const TURNS = 5; // more than it takes
  await page.fonts.ready;
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise(requestAnimationFrame);
};
