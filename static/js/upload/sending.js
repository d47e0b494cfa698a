/** Sends files with a form in one request, and tells of each how much of it has gone. */

/**
 * form: whose other fields, address and field name are used. tell(index, share): share of a file sent, in [0, 1].
 * Returns what the server answers, {url} or {error: {message}}; null when the connection broke or it said something else.
 */
export function send(form, name, files, tell) {
  const body = new FormData(form);
  body.delete(name);
  for (const file of files) body.append(name, file);

  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much has gone
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => tellEach(files, loaded / total, tell));
    request.addEventListener("loadend", () => resolve(request.response));
    request.send(body);
  });
}

/** The files go one behind the other, so that the share of all tells the share of each. */
function tellEach(files, share, tell) {
  let rest = share * files.reduce((sum, file) => sum + file.size, 0);
  files.forEach((file, index) => {
    tell(index, Math.min(1, Math.max(0, rest / file.size)));
    rest -= file.size;
  });
}
