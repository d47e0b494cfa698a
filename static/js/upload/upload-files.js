/**
 * <upload-files>: shows the files in the form's field before they are sent, takes dropped, pasted and photographed ones
 * along, lets each be removed, and says at once which cannot be sent or are perhaps no pictures. A single picture goes
 * as the form sends it; several go with a bar each.
 * Attributes: `chosen` (there are files), `single` (there is one), `over` (something hovers above).
 */

import { doubt, fault, faultTogether, isZip, readableSize } from "./acceptable.js";
import { send } from "./sending.js";

const SHOWN = 60;

class UploadFiles extends HTMLElement {
  #files = [];
  #leaving = null;

  connectedCallback() {
    this.form = this.closest("form");
    [this.field, this.camera] = this.querySelectorAll("input[type=file]");
    this.list = this.querySelector(".chosen");
    this.note = this.querySelector("[role=status]");

    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.field.addEventListener("change", () => this.#add(this.field.files), { signal });
    this.camera.addEventListener("change", () => this.#add(this.camera.files), { signal });
    this.list.addEventListener("click", (event) => this.#remove(event), { signal });
    this.form.addEventListener("submit", (event) => this.#submit(event), { signal });
    document.addEventListener("paste", (event) => this.#take(event, event.clipboardData), { signal });
    for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
      this.addEventListener(type, (event) => this.#drag(event), { signal });
    }
    if (this.field.files.length) this.#add(this.field.files); // a reloaded page may come back with its files
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }

  get #isBusy() {
    return this.closest("reading-form").busy;
  }

  get #sendable() {
    return this.#files.filter((file) => !fault(file));
  }

  #drag(event) {
    event.preventDefault();
    const leaving = event.type === "dragleave" && !this.contains(event.relatedTarget);
    this.toggleAttribute("over", !leaving && event.type !== "drop");
    if (event.type === "drop") this.#take(event, event.dataTransfer);
  }

  #take(event, transfer) {
    if (!transfer?.files.length) return;
    event.preventDefault();
    this.#add(transfer.files);
  }

  /** What was chosen before is not taken again; files that come together are all different ones. */
  #add(files) {
    if (this.#isBusy) return;
    const known = new Set(this.#files.map(identity));
    this.#files = [...this.#files, ...[...files].filter((file) => !known.has(identity(file)))];
    this.#changed();
  }

  #remove(event) {
    const button = event.target.closest("button");
    if (!button || this.#isBusy) return;
    const index = [...this.list.children].indexOf(button.parentElement);
    this.#files.splice(index, 1);
    this.#changed();
    (this.list.children[Math.min(index, this.list.children.length - 1)]?.querySelector("button") ?? this.field).focus();
  }

  /** The field holds what is to be sent, and the list shows it. */
  #changed() {
    const transfer = new DataTransfer();
    for (const file of this.#sendable) transfer.items.add(file);
    this.field.files = transfer.files;
    this.camera.value = "";
    for (const image of this.list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.list.replaceChildren(...this.#files.slice(0, SHOWN).map((file) => this.#row(file)));
    const [only] = this.#files;
    this.toggleAttribute("chosen", this.#files.length > 0);
    this.toggleAttribute("single", this.#files.length === 1);
    this.list.hidden = !only;
    const count = this.querySelector(".chosen-count");
    const text = this.#files.length > SHOWN ? count.dataset.more : count.dataset.text;
    count.hidden = this.#files.length < 2;
    count.textContent = text.replace("{}", this.#files.length).replace("{shown}", SHOWN);
    this.querySelector("[data-when-empty]").hidden = Boolean(only);
    this.querySelector("[data-when-chosen]").hidden = !only;
    const wrong = this.#files.length === 1 ? (fault(only) ?? doubt(only)) : faultTogether(this.#sendable);
    this.#say(wrong);
  }

  #row(file) {
    const row = this.querySelector("template[data-row]").content.cloneNode(true).firstElementChild;
    const facts = row.querySelector(".chosen-facts");
    const image = row.querySelector("img");
    const wrong = fault(file);
    row.querySelector(".chosen-name").textContent = file.name;
    facts.textContent = readableSize(file.size);
    for (const named of row.querySelectorAll("[aria-label]")) named.ariaLabel = named.ariaLabel.replace("{}", file.name);
    row.toggleAttribute("data-unshown", true);
    image.addEventListener("load", () => {
      row.removeAttribute("data-unshown");
      facts.textContent = `${image.naturalWidth} × ${image.naturalHeight}, ${readableSize(file.size)}`;
    });
    image.addEventListener("error", () => this.#doubt(row, file));
    if (wrong) this.#mark(row, wrong);
    else if (!isZip(file)) image.src = URL.createObjectURL(file);
    return row;
  }

  /** The browser cannot show the file; the server may still read it. */
  #doubt(row, file) {
    this.#mark(row, "type");
    if (this.#files.length === 1 && this.#files[0] === file) this.#say("type");
  }

  #mark(row, wrong) {
    const told = row.querySelector(".chosen-fault");
    told.textContent = row.dataset[wrong];
    told.hidden = this.#files.length === 1; // then the note says it
  }

  async #submit(event) {
    const files = this.#sendable;
    const wrong = files.length ? faultTogether(files) : this.#whyNone();
    if (wrong) {
      event.preventDefault();
      this.#say(wrong);
      this.field.focus();
      return;
    }
    if (files.length === 1 && !isZip(files[0])) return;
    event.preventDefault();
    if (!this.#isBusy) await this.#send(files);
  }

  #whyNone() {
    if (this.#files.length > 1) return "all";
    return this.#files.length ? fault(this.#files[0]) : "none";
  }

  async #send(files) {
    this.closest("reading-form").busy = true;
    this.#say("sending");
    const rows = files.map((file) => this.list.children[this.#files.indexOf(file)]);
    for (const row of rows) this.#show(row, 0);
    let gone = 0;
    const answer = await send(this.form, this.field.name, files, (index, share) => {
      this.#show(rows[index], share);
      if (share === 1 && index === files.length - 1 && !gone++) this.#say("reading");
    });
    if (answer?.url) {
      location.assign(answer.url);
      return;
    }
    this.closest("reading-form").busy = false;
    for (const row of rows) this.#show(row, null);
    if (answer?.error) this.note.textContent = answer.error.message;
    else this.note.replaceChildren(this.querySelector("template[data-broken]").content.cloneNode(true));
  }

  #show(row, share) {
    const bar = row?.querySelector("progress");
    if (!bar) return;
    bar.hidden = share === null;
    bar.value = share ?? 0;
  }

  #say(what) {
    this.note.textContent = this.note.dataset[what] ?? "";
  }
}

function identity(file) {
  return `${file.name} ${file.size} ${file.lastModified}`;
}

customElements.define("upload-files", UploadFiles);
