/* Light, dark or automatic, kept where Django's admin keeps it: "theme" in localStorage and data-theme on <html>.
   A classic script at the head of the page: the theme stands before anything is painted. */
"use strict";

{
  const KEY = "theme";
  const root = document.documentElement;
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

  /* Return what was chosen; a browser that keeps nothing is in the theme of its system. */
  function chosen() {
    try {
      const mode = localStorage.getItem(KEY);
      return mode === "light" || mode === "dark" ? mode : "auto";
    } catch {
      return root.dataset.theme ?? "auto";
    }
  }

  function keep(mode) {
    try {
      localStorage.setItem(KEY, mode);
    } catch {
      // then it holds for this page
    }
  }

  /* Put a theme on the page, and on the browser's own frame around it. */
  function show(mode) {
    root.dataset.theme = mode;
    for (const color of document.querySelectorAll("meta[name=theme-color]")) {
      const { theme } = color.dataset;
      color.media = mode === "auto" ? `(prefers-color-scheme: ${theme})` : mode === theme ? "all" : "not all";
    }
  }

  /* Return the theme after this one: from automatic first to the one that the system is not in. */
  function following(mode) {
    const round = systemIsDark.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    return round[(round.indexOf(mode) + 1) % round.length];
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest(".theme-toggle")) return;
    const mode = following(root.dataset.theme);
    keep(mode);
    show(mode);
  });
  addEventListener("storage", () => show(chosen())); // changed in another tab
  addEventListener("pageshow", () => show(chosen())); // or before the way back to this one
  show(chosen());
}
