/** A picture that was dropped on the drawing page, or pasted there: it takes the form's own way, as an uploaded file. */

import { doubt, fault, isZip } from "../upload/acceptable.js";
import "../reading-form.js";

/** Sends the file, if it is one picture alone; returns whether it is. */
export function bring(files, form, field) {
  const [file] = files;
  if (files.length !== 1 || isZip(file) || fault(file) || doubt(file)) return false;
  const transfer = new DataTransfer();
  transfer.items.add(file);
  field.files = transfer.files;
  form.elements.source.value = "upload";
  form.requestSubmit();
  return true;
}
