// A saved link carries its answers behind the #, which no server sees: they are put into the form here.

const saved = document.getElementById("saved");
if (saved && window.location.hash.startsWith("#kin=")) {
  saved.value = window.location.hash;
  document.getElementById("due").requestSubmit(document.getElementById("open"));
}
