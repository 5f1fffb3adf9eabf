// Small conveniences that every page works without: keys, menus, print.

const typing = (node) => node.closest("input, textarea, select, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey) {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      const held = menu.contains(document.activeElement);
      menu.open = false;
      if (held) menu.querySelector("summary").focus();
    }
  }
});

// A menu closes when one clicks or tabs elsewhere.
for (const moment of ["click", "focusin"]) {
  document.addEventListener(moment, (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}

// Paper is white, and shows what the screen folds, except what is there to be looked up (.fold).
const root = document.documentElement;
window.addEventListener("beforeprint", () => {
  root.dataset.screen = root.dataset.bsTheme ?? "";
  root.dataset.bsTheme = "light";
  for (const fold of document.querySelectorAll("main details:not([open]):not(.fold)")) {
    fold.dataset.folded = "yes";
    fold.open = true;
  }
});
window.addEventListener("afterprint", () => {
  if (root.dataset.screen) root.dataset.bsTheme = root.dataset.screen;
  else delete root.dataset.bsTheme;
  for (const fold of document.querySelectorAll("details[data-folded]")) fold.open = false;
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// A form is sent once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "post" && form.dataset.sent === "yes") event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000); // a download leaves the page standing
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
