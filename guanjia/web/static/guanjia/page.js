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

// Where the rail is longer than the window, the room entered is in sight.
const rail = document.querySelector(".rail");
const entered = rail?.querySelector("[aria-current]");
const below = entered && entered.offsetTop + 2 * entered.offsetHeight > rail.clientHeight;
if (below) rail.scrollTop = entered.offsetTop - rail.clientHeight / 2;

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

// A form that came after the time-out: what was typed goes back to where it was typed.
const givenBack = document.querySelector("form[data-kept]");
const asTyped = (field, values) => {
  if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
  else if (field.multiple) for (const one of field.options) one.selected = values.includes(one.value);
  else if (field.type !== "file" && field.type !== "hidden" && values.length) field.value = values.shift();
};
if (givenBack) {
  const kept = new FormData(givenBack);
  const wanted = new URL(givenBack.action).pathname;
  const typed = [...document.querySelectorAll("main form[method=post]")].find(
    (form) => form !== givenBack && new URL(form.action).pathname === wanted,
  );
  if (typed) {
    const values = Object.fromEntries([...kept.keys()].map((name) => [name, kept.getAll(name)]));
    for (const field of typed.elements) {
      if (field.name && field.name !== "csrfmiddlewaretoken" && field.type !== "submit") {
        asTyped(field, values[field.name] ?? []);
      }
    }
    for (let fold = typed.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    givenBack.querySelector("[data-kept-back]").hidden = false;
    givenBack.querySelector("[data-kept-whole]").hidden = true;
  }
}
