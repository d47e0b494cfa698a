/* Swagger's own name for the dark theme, kept in step with ours. */
"use strict";

{
  const root = document.documentElement;
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

  function follow() {
    const { theme } = root.dataset;
    root.classList.toggle("dark-mode", theme === "dark" || (theme === "auto" && systemIsDark.matches));
  }

  new MutationObserver(follow).observe(root, { attributeFilter: ["data-theme"] });
  systemIsDark.addEventListener("change", follow);
  follow();
}
