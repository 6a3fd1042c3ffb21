(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const root = document.documentElement;
  const darkByDefault = matchMedia("(prefers-color-scheme: dark)");
  const theme = byId("theme");
  const unfold = byId("unfold");
  const keys = byId("keys");
  const shortcuts = byId("shortcuts");

  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : darkByDefault.matches;
  const tellTheme = () => theme.setAttribute("aria-pressed", String(isDark()));
  const turn = () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    tellTheme();
  };

  const unfoldAll = () => {
    const open = unfold.getAttribute("aria-pressed") !== "true";
    for (const one of document.querySelectorAll("details")) one.open = open;
    unfold.setAttribute("aria-pressed", String(open));
  };

  const showKeys = () => {
    if (!keys.open) keys.showModal();
  };

  const step = (selector, by) => {
    const places = [...document.querySelectorAll(selector)];
    if (!places.length) return;
    const at = places.indexOf(document.activeElement.closest(selector));
    const next = at < 0 ? (by > 0 ? 0 : places.length - 1) : at + by;
    const place = places[Math.min(Math.max(next, 0), places.length - 1)];
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "start" });
  };

  const open = () => {
    const place = location.hash.length > 1 && byId(decodeURIComponent(location.hash.slice(1)));
    if (!place) return;
    const fold = place.closest("details");
    if (fold) fold.open = true;
    place.scrollIntoView({ block: "center" });
  };

  const actions = {
    j: () => step(".finding", 1),
    k: () => step(".finding", -1),
    n: () => step("table.change", 1),
    p: () => step("table.change", -1),
    t: turn,
    u: unfoldAll,
    "?": showKeys,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    if (event.target.closest("input, select, textarea")) return;
    const action = shortcuts.checked && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  for (const one of document.querySelectorAll("table.change")) one.tabIndex = -1;
  theme.addEventListener("click", turn);
  unfold.addEventListener("click", unfoldAll);
  byId("help").addEventListener("click", showKeys);
  darkByDefault.addEventListener("change", tellTheme);
  addEventListener("hashchange", open);
  for (const button of [theme, byId("help")]) button.hidden = false;
  unfold.hidden = !document.querySelector("details");
  tellTheme();
  open();
})();
