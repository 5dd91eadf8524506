"use strict";
// The timeline answers: hover and arrow keys read it, dragging and buttons zoom it, boxes hide strips.
(() => {
  const figure = document.querySelector("figure.live");
  const svg = figure.querySelector("svg.timeline");
  const card = figure.querySelector(".readout");
  const said = document.querySelector(".said-aloud");
  const told = JSON.parse(document.getElementById("timeline-data").textContent);
  const [left, top, right, bottom] = told.box;
  const [, , wide, tall] = svg.getAttribute("viewBox").split(" ").map(Number);
  const SVG = "http://www.w3.org/2000/svg";
  const LEAST = 60_000;
  const hidden = new Set();
  let view = [told.start, told.end];
  let cursor = null;

  const make = (name, attributes, parent) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    parent.append(element);
    return element;
  };
  const clip = make("clipPath", { id: "fig-frame" }, make("defs", {}, svg));
  make("rect", { x: left, y: 0, width: right - left, height: tall }, clip);
  const ticks = make("g", { class: "ticks" }, svg);
  const line = make("line", { class: "cursor", visibility: "hidden" }, svg);
  const band = make("rect", { class: "chosen", visibility: "hidden" }, svg);

  // ---- time and place
  const scale = () => (right - left) / (view[1] - view[0]);
  const xOf = (ms) => left + (ms - view[0]) * scale();
  const msOf = (x) => view[0] + (Math.min(right, Math.max(left, x)) - left) / scale();
  const offsetAt = (ms) => told.offsets.filter((o) => o[0] <= ms).pop() || told.offsets[0];
  const two = (number) => String(number).padStart(2, "0");
  const clock = (ms, parts) => {
    const there = new Date(ms + offsetAt(ms)[1] * 60_000);
    const day = `${two(there.getUTCMonth() + 1)}-${two(there.getUTCDate())}`;
    const time = `${two(there.getUTCHours())}:${two(there.getUTCMinutes())}`;
    if (parts === "day") return day;
    return parts === "second" ? `${time}:${two(there.getUTCSeconds())}` : time;
  };
  const stamp = (ms) => `${clock(ms, "day")} ${clock(ms, "second")} ${offsetAt(ms)[2]}`;

  // ---- what moves: paths are stretched along the axis, words and markers only shifted
  const anchorOf = (element) => {
    const list = element.x?.baseVal;
    if (list?.length !== undefined) return list.length ? list[0].value : element.getBBox().x;
    return list?.value ?? 0;
  };
  // A label stays beside the mark that it names, at the same distance.
  const nearest = (text, x) => {
    const ends = told.marks
      .filter(([, , , label]) => label && text.startsWith(label.slice(0, 12)))
      .flatMap(([start, end]) => [xOf(start), xOf(end ?? start)]);
    return ends.reduce((best, one) => (Math.abs(one - x) < Math.abs(best - x) ? one : best), ends[0] ?? x);
  };
  const leaves = [];
  for (const element of svg.querySelectorAll("path, use, text")) {
    if (element.closest("defs, clipPath, pattern")) continue;
    const strip = element.closest("[data-strip]");
    const box = element.getBBox();
    const leaf = { element, strip, box, own: element.getAttribute("transform") || "" };
    const span = strip && told.strips.find((s) => s[0] === strip.dataset.strip);
    const middle = box.y + box.height / 2;
    leaf.tick = !strip && element.closest("[data-part=xtick]") !== null;
    const inside = leaf.tick || (span && middle >= span[2] - 1 && middle <= span[3] + 1);
    const words = element.tagName === "text" ? element : element.parentNode.parentNode.querySelector(":scope > text");
    const anchor = words || (element.tagName === "use" ? element : null);
    const x = anchor ? anchorOf(anchor) : null;
    if (words || (x !== null && x >= box.x - 1 && x <= box.x + box.width + 1)) leaf.at = x;
    leaf.by = leaf.at;
    if (words && strip?.dataset.strip === "lanes") leaf.by = nearest(words.textContent, leaf.at);
    const about = leaf.at ?? box.x;
    const fixed = element.closest("[data-part=ytick], [data-part=legend]") || about < left - 1 || about > right + 1;
    leaf.moves = Boolean(inside) && !fixed;
    if (leaf.moves && leaf.at === undefined) element.parentNode.setAttribute("clip-path", "url(#fig-frame)");
    leaves.push(leaf);
  }

  // ---- strips
  const heights = told.strips.map(([name, , , end], place) => {
    const start = place ? told.strips[place - 1][3] : top;
    return [name, end - start];
  });
  const lost = (name) => {
    let sum = 0;
    for (const [other, height] of heights) {
      if (other === name) break;
      if (hidden.has(other)) sum += height;
    }
    return sum;
  };
  const lostInAll = () => lost(null);

  const draw = () => {
    const k = (told.end - told.start) / (view[1] - view[0]);
    const whole = (right - left) / (told.end - told.start);
    const a = left + (view[0] - told.start) * whole;
    const zoomed = k > 1.0001;
    const gone = lostInAll();
    const down = (bottom - top - gone) / (bottom - top);
    for (const leaf of leaves) {
      let moved = "";
      if (!leaf.strip && gone) {
        const spans = leaf.box.y < top + 1 && leaf.box.y + leaf.box.height > bottom - 1;
        if (leaf.tick && leaf.at === undefined && spans) moved = `matrix(1 0 0 ${down} 0 ${top - top * down})`;
        else if (leaf.box.y > bottom - 2) moved = `translate(0 ${-gone})`;
      }
      if (leaf.moves && zoomed) {
        const rigid = leaf.at !== undefined;
        const x = rigid ? left + (leaf.by - a) * k : 0;
        if (rigid) leaf.element.classList.toggle("out", x < left - 1 || x > right + 1);
        moved = rigid ? `translate(${x - leaf.by} 0) ${moved}` : `matrix(${k} 0 0 1 ${left - a * k} 0) ${moved}`;
        if (!rigid) leaf.element.setAttribute("vector-effect", "non-scaling-stroke");
      } else {
        leaf.element.classList.remove("out");
        leaf.element.removeAttribute("vector-effect");
      }
      if (leaf.tick) leaf.element.classList.toggle("out", zoomed);
      const all = `${moved} ${leaf.own}`.trim();
      if (all) leaf.element.setAttribute("transform", all);
      else leaf.element.removeAttribute("transform");
    }
    for (const [name] of heights) {
      const strip = svg.querySelector(`[data-strip="${name}"]`);
      strip.classList.toggle("out", hidden.has(name));
      strip.setAttribute("transform", `translate(0 ${-lost(name)})`);
    }
    svg.setAttribute("viewBox", `0 0 ${wide} ${tall - gone}`);
    drawTicks(zoomed, bottom - gone);
    place();
    figure.dataset.zoom = k.toFixed(2);
  };

  const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const drawTicks = (zoomed, foot) => {
    ticks.replaceChildren();
    if (!zoomed) return;
    const seconds = (view[1] - view[0]) / 1000;
    const step = (STEPS.find((s) => seconds / s <= 10) || 86400) * 1000;
    const shift = offsetAt(view[0])[1] * 60_000;
    for (let ms = Math.ceil((view[0] + shift) / step) * step - shift; ms <= view[1]; ms += step) {
      const x = xOf(ms);
      make("line", { x1: x, x2: x, y1: top, y2: foot + 3, class: "tick" }, ticks);
      const label = make("text", { x, y: foot + 13, "text-anchor": "middle", "font-size": "8px" }, ticks);
      label.textContent = clock(ms, step < 60_000 ? "second" : step < 86_400_000 ? "minute" : "day");
    }
  };

  // ---- reading
  const at = (rows, width, ms) => rows.filter((row) => row[0] <= ms && ms < row[0] + width);
  const answers = (ms) => {
    const lines = [];
    for (const [, tried, failing] of at(told.bins, told.binMs, ms)) {
      lines.push(tried === null ? "no data" : `${failing} failing, ${tried} attempts`);
    }
    for (const [, what, share, of] of at(told.shares, told.shareMs, ms)) lines.push(`${what}: ${share} % of ${of}`);
    const near = 6 / scale();
    const marks = told.marks.filter(([start, end]) => start - near <= ms && ms <= (end ?? start) + near);
    for (const [start, , lane, label] of marks.slice(0, 6)) lines.push(`${clock(start, "second")} ${label || lane}`);
    if (marks.length > 6) lines.push(`and ${marks.length - 6} more`);
    return lines;
  };
  let height = null;
  const place = () => {
    const there = cursor !== null && cursor >= view[0] && cursor <= view[1];
    line.setAttribute("visibility", there ? "visible" : "hidden");
    card.hidden = !there;
    if (!there) return;
    const x = xOf(cursor);
    for (const [key, value] of [["x1", x], ["x2", x], ["y1", top], ["y2", bottom - lostInAll()]]) line.setAttribute(key, value);
    const head = document.createElement("b");
    head.textContent = stamp(cursor);
    card.replaceChildren(head, ...answers(cursor).map((text) => {
      const row = document.createElement("p");
      row.textContent = text;
      return row;
    }));
    const box = svg.getBoundingClientRect();
    const outer = figure.getBoundingClientRect();
    const px = box.left - outer.left + figure.scrollLeft + (x / wide) * box.width;
    const leftSide = px + card.offsetWidth + 24 > figure.scrollLeft + figure.clientWidth;
    card.style.left = `${Math.max(figure.scrollLeft, leftSide ? px - card.offsetWidth - 12 : px + 12)}px`;
    const py = height ?? box.top - outer.top + 0.3 * box.height;
    const below = py + card.offsetHeight + 24 < figure.clientHeight;
    card.style.top = `${below ? py + 14 : Math.max(0, py - card.offsetHeight - 14)}px`;
  };
  const read = (ms, aloud, at = null) => {
    cursor = ms;
    height = at;
    place();
    if (aloud) said.textContent = [stamp(ms), ...answers(ms)].join("; ");
  };

  // ---- zooming
  const look = (from, to) => {
    const width = Math.min(told.end - told.start, Math.max(LEAST, to - from));
    const start = Math.min(told.end - width, Math.max(told.start, (from + to) / 2 - width / 2));
    view = [start, start + width];
    draw();
  };
  const around = (factor) => {
    const inside = cursor !== null && cursor >= view[0] && cursor <= view[1];
    const middle = inside ? cursor : (view[0] + view[1]) / 2;
    const share = (middle - view[0]) / (view[1] - view[0]);
    const width = (view[1] - view[0]) * factor;
    look(middle - share * width, middle + (1 - share) * width);
  };
  const slide = (share) => {
    const by = share * (view[1] - view[0]);
    look(view[0] + by, view[1] + by);
  };
  const ACTS = {
    in: () => around(0.5), out: () => around(2), all: () => look(told.start, told.end),
    earlier: () => slide(-0.5), later: () => slide(0.5),
  };

  const pointed = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return point.x;
  };
  let begun = null;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.pointerType === "mouse") begun = pointed(event);
  });
  svg.addEventListener("pointermove", (event) => {
    const x = pointed(event);
    if (begun !== null && Math.abs(x - begun) > 4) {
      const [from, to] = [begun, x].map((v) => Math.min(right, Math.max(left, v))).sort((p, q) => p - q);
      for (const [key, value] of [["x", from], ["width", to - from], ["y", top], ["height", bottom - lostInAll() - top]]) band.setAttribute(key, value);
      band.setAttribute("visibility", "visible");
    }
    if (x >= left && x <= right) read(msOf(x), false, event.clientY - figure.getBoundingClientRect().top);
  });
  window.addEventListener("pointerup", (event) => {
    const x = begun === null ? null : pointed(event);
    if (x !== null && Math.abs(x - begun) > 4) {
      const [from, to] = [begun, x].map(msOf).sort((p, q) => p - q);
      look(from, to);
    }
    begun = null;
    band.setAttribute("visibility", "hidden");
  });
  svg.addEventListener("pointerleave", () => { cursor = null; place(); });
  svg.addEventListener("dblclick", ACTS.all);

  figure.addEventListener("keydown", (event) => {
    const step = told.binMs * (event.shiftKey ? 10 : 1) * (event.key === "ArrowLeft" ? -1 : 1);
    const start = cursor ?? (view[0] + view[1]) / 2;
    const keys = {
      ArrowLeft: () => read(Math.max(view[0], start + step), true),
      ArrowRight: () => read(Math.min(view[1], start + step), true),
      Home: () => read(view[0], true), End: () => read(view[1], true),
      "+": ACTS.in, "=": ACTS.in, "-": ACTS.out, 0: ACTS.all,
      Escape: () => { cursor = null; place(); },
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  const tools = document.querySelector(".tools");
  tools.hidden = false;
  document.querySelector(".hint").hidden = false;
  for (const button of tools.querySelectorAll("button")) button.addEventListener("click", ACTS[button.dataset.act]);
  for (const box of tools.querySelectorAll("input")) {
    box.addEventListener("change", () => {
      hidden[box.checked ? "delete" : "add"](box.value);
      draw();
    });
  }
  window.addEventListener("resize", place);

  // A link into a closed part opens it, and paper shows everything.
  const open = () => document.querySelector(`#${CSS.escape(location.hash.slice(1))}`)?.closest("details")?.setAttribute("open", "");
  window.addEventListener("hashchange", open);
  if (location.hash) open();
})();
