// Keyboard triage of the inbox. Every key stands for a button or link on the page, which works
// without this script; keys never act while somebody types.
"use strict";

(() => {
  const all = (what) => Array.from(document.querySelectorAll(what));
  const one = (what) => document.querySelector(what);
  const rows = () => all("[data-open]");
  const keys = one("#keys");

  for (const button of all("[data-does]")) button.hidden = false;

  // --- the queue ---------------------------------------------------------------------------
  let at = Math.max(0, rows().findIndex((link) => link.autofocus));

  function go(step) {
    const links = rows();
    if (!links.length) return;
    const here = links.indexOf(document.activeElement);
    at = Math.min(links.length - 1, Math.max(0, here < 0 ? (step > 0 ? at : at + step) : here + step));
    links[at].focus();
    links[at].scrollIntoView({ block: "nearest" });
  }
  function current() {
    const links = rows();
    const row = document.activeElement && document.activeElement.closest("[data-row]");
    const here = row ? links.indexOf(row.querySelector("[data-open]")) : -1;
    return links[here < 0 ? at : here];
  }
  function open(part) {
    const link = current();
    if (link) location.assign(link.href + (part ? "#" + part : ""));
  }
  function pick() {
    const link = current();
    if (!link) return;
    const box = link.closest("[data-row]").querySelector("input[name=pick]");
    box.checked = !box.checked;
    link.focus();
  }
  document.addEventListener("focusin", (event) => {
    const here = rows().indexOf(event.target);
    if (here >= 0) at = here;
  });

  // --- a card ------------------------------------------------------------------------------
  const approve = one("#approve");
  const end = one("#end-of-letter");
  let seen = !end;
  const letters = all("pre.letter[tabindex]");
  const read = new Set();

  function look() {
    seen = letters.every((letter) => read.has(letter));
  }
  for (const letter of letters) {
    const mark = document.createElement("span");
    letter.append(mark);
    new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) read.add(letter);
      look();
    }).observe(mark);
  }
  if (end && !letters.length) seen = true;

  function sayYes() {
    const button = approve && approve.querySelector("[data-key=a]");
    if (!button) return;
    if (!seen) {
      const left = letters.find((letter) => !read.has(letter));
      one("#not-seen").textContent = "Read it to its end first, then press a again.";
      left.lastElementChild.scrollIntoView({ block: "end" });
      left.focus({ preventScroll: true });
      return;
    }
    approve.requestSubmit(button);
  }
  if (approve) {
    approve.addEventListener("submit", (event) => {
      if (!seen) { event.preventDefault(); sayYes(); }
    });
  }
  function unfold(part, field) {
    const details = one("#" + part);
    if (!details) return false;
    details.open = true;
    details.scrollIntoView({ block: "nearest" });
    const first = details.querySelector(field);
    if (first) first.focus();
    return true;
  }
  const parts = { e: ["edit", "textarea, select, input:not([type=hidden])"], r: ["reject", "select"], s: ["snooze", "input[type=date]"] };
  if (approve && location.hash) {
    const part = Object.values(parts).find(([name]) => "#" + name === location.hash);
    // Going to a fragment clears the focus once the page is loaded, so it is set after that.
    if (part) addEventListener("load", () => setTimeout(() => unfold(...part)));
  }

  // --- keys --------------------------------------------------------------------------------
  function press(key) {
    const button = one(`[data-key="${CSS.escape(key)}"]`);
    if (button) button.click();
    return Boolean(button);
  }
  const acts = {
    j: () => rows().length ? go(1) : press("j"),
    k: () => rows().length ? go(-1) : press("k"),
    o: () => open(""),
    a: () => approve ? sayYes() : open(""),
    e: () => approve ? unfold(...parts.e) : open("edit"),
    r: () => approve ? unfold(...parts.r) : open("reject"),
    s: () => approve ? unfold(...parts.s) : open("snooze"),
    x: pick,
    A: () => press("A"),
    u: () => press("u"),
    q: () => press("q"),
    "?": () => keys && keys.showModal(),
  };
  for (const button of all("[data-does]")) {
    button.addEventListener("click", () => acts[button.dataset.does]());
  }
  document.addEventListener("keydown", (event) => {
    if (event.repeat && !"jk".includes(event.key)) return;
    if (globalThis.isTyping(event) && !event.target.matches("input[type=checkbox], input[type=radio]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey || (keys && keys.open)) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
