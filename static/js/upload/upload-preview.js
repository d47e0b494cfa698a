/**
 * <upload-preview>: shows the picture in the form's file field before it is sent, takes dropped and pasted ones,
 * and says at once when a file cannot be sent or is perhaps no picture.
 * Attributes: `chosen` (a picture is shown), `over` (one hovers above).
 */

import { doubt, fault, readableSize } from "./acceptable.js";

class UploadPreview extends HTMLElement {
  #listening = null;

  connectedCallback() {
    this.form = this.closest("form");
    this.field = this.querySelector("input[type=file]");
    this.image = this.querySelector(".preview img");
    this.sheet = this.querySelector(".preview-sheet");
    this.note = this.querySelector("[role=status]");

    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.field.addEventListener("change", () => this.#look(), { signal });
    this.image.addEventListener("load", () => this.#tellFacts(), { signal });
    this.image.addEventListener("error", () => this.#tellDoubt(), { signal });
    this.form.addEventListener("submit", (event) => this.#check(event), { signal });
    document.addEventListener("paste", (event) => this.#take(event, event.clipboardData), { signal });
    for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
      this.addEventListener(type, (event) => this.#drag(event), { signal });
    }
    this.#look(); // a reloaded page may come back with its file
  }

  disconnectedCallback() {
    this.#listening.abort();
    URL.revokeObjectURL(this.image.src);
  }

  #drag(event) {
    event.preventDefault();
    const leaving = event.type === "dragleave" && !this.contains(event.relatedTarget);
    if (leaving || event.type === "drop") this.removeAttribute("over");
    else this.setAttribute("over", "");
    if (event.type === "drop") this.#take(event, event.dataTransfer);
  }

  /** Puts the first file of a drop or a paste into the field. */
  #take(event, transfer) {
    const [file] = transfer.files;
    if (!file) return;
    event.preventDefault();
    const files = new DataTransfer();
    files.items.add(file);
    this.field.files = files.files;
    this.#look();
  }

  #look() {
    URL.revokeObjectURL(this.image.src);
    const [file] = this.field.files;
    const wrong = file && fault(file);
    this.#say(file && (wrong ?? doubt(file)));
    this.toggleAttribute("chosen", Boolean(file) && !wrong);
    this.querySelector(".preview").hidden = !this.hasAttribute("chosen");
    this.sheet.hidden = false;
    if (this.hasAttribute("chosen")) {
      this.image.src = URL.createObjectURL(file);
      this.#show("name", file.name);
      this.#show("facts", readableSize(file.size));
    }
  }

  /** The browser cannot show the file; the server may still read it. */
  #tellDoubt() {
    this.sheet.hidden = true;
    this.#say("type");
  }

  #tellFacts() {
    const { naturalWidth, naturalHeight } = this.image;
    this.#show("facts", `${naturalWidth} × ${naturalHeight} pixels, ${readableSize(this.field.files[0].size)}`);
  }

  #check(event) {
    const [file] = this.field.files;
    if (file && !fault(file)) return;
    event.preventDefault();
    this.#say(file ? fault(file) : "none");
    this.field.focus();
  }

  #say(wrong) {
    this.note.textContent = this.note.dataset[wrong] ?? "";
  }

  #show(what, text) {
    this.querySelector(`[data-show=${what}]`).textContent = text;
  }
}

customElements.define("upload-preview", UploadPreview);
