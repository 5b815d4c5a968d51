/** The foot of a slide: where the talk stands, and where the talk is to be had. */

export const QR = '<span class="qr" aria-hidden="true"></span>' // the build fills it

/** Return a strip with a piece for each section, as long as its minutes; of the section
 * `number` a `share` is done. A talk without minutes has none. */
export function strip(sections, number, share) {
  const pieces = sections
    .filter(({ minutes }) => minutes)
    .map((section) => {
      const length = `--minutes: ${section.minutes}`
      if (section.number < number) return `<i class="done" style="${length}"></i>`
      if (section.number > number) return `<i style="${length}"></i>`
      return `<i class="here" style="${length}; --share: ${100 * share}%"></i>`
    })
  return pieces.length ? `<div class="strip" aria-hidden="true">${pieces.join("")}</div>` : ""
}

/** Return the address of the talk, as a link and as a QR code. */
export function address(url, escapeHtml) {
  const short = url.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "")
  return `${QR}<a class="address" href="${escapeHtml(url)}">${escapeHtml(short)}</a>`
}
