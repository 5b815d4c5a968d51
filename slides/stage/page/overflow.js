// @ts-check
"use strict";

/** The slides that hold more than they have room for, as [slide, text, pixels]: the line
 * that stands out furthest, and by how much. Of a page whose slides are all laid out, such
 * as the deck opened without its scripts. @param {Document} page
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
        const out = Math.max(...holders.map((each) => outside(text, each)));
        return text.width ? out / zoom : 0;
      }

      /** @param {DOMRect} text @param {Element} holder */
      function outside(text, holder) {
        const box = holder.getBoundingClientRect();
        const style = getComputedStyle(holder);
        /** @param {string} side */
        const inside = (side) =>
          parseFloat(style.getPropertyValue(`padding-${side}`)) * zoom || 0;
        return Math.max(
          box.left + inside("left") - text.left,
          box.top + inside("top") - text.top,
          text.right - box.right + inside("right"),
          text.bottom - box.bottom + inside("bottom"),
        );
      }

      /** @param {Node} node */
      function lineOf(node) {
        const lines = "pre, p, li, td, th, text, section > *";
        range.setStart(node.parentElement?.closest(lines) ?? section, 0);
        range.setEndAfter(node);
        return range.toString().trim().split("\n").at(-1) ?? "";
      }

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
      return worst[1] ? [worst] : [];
    });
  });
