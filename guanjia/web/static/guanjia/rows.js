// A long list by the keyboard: j and k go down and up, x ticks, o opens (Enter does by itself), ? shows the keys.

const list = document.querySelector("[data-rows]");
const rows = list ? [...list.querySelectorAll("tbody tr")] : [];
const inField = (node) => node.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
const link = (row) => row.querySelector("th a");
let at = -1;

const go = (to) => {
  if (!rows.length) return;
  at = Math.max(0, Math.min(rows.length - 1, to));
  for (const row of rows) row.classList.toggle("at", row === rows[at]);
  link(rows[at])?.focus();
};

document.addEventListener("keydown", (event) => {
  if (inField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  if (here >= 0) at = here;
  if (event.key === "j") go(at + 1);
  else if (event.key === "k") go(at - 1);
  else if (event.key === "o" && at >= 0) link(rows[at])?.click();
  else if (event.key === "x" && at >= 0) rows[at].querySelector("input[type=checkbox]")?.click();
  else if (event.key === "?") document.querySelector("[data-keys]")?.toggleAttribute("open");
  else return;
  event.preventDefault();
});

// Ticking the head ticks all; the bar says how many.
const boxes = list ? [...list.querySelectorAll("tbody input[type=checkbox]")] : [];
const count = document.querySelector("[data-chosen]");
const tell = () => {
  if (count) count.textContent = String(boxes.filter((box) => box.checked).length);
};
list?.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) for (const box of boxes) box.checked = event.target.checked;
  tell();
});
window.addEventListener("pageshow", tell);
