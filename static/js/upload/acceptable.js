/** Which files the site can read, as far as a browser can tell before sending one. */

const MAX_UPLOAD_BYTES = 8 * 1024 * 1024;
const TYPES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/x-ms-bmp"]);

/** Why the file cannot be sent: "size" or "empty"; null when it can. */
export function fault(file) {
  if (file.size === 0) return "empty";
  if (file.size > MAX_UPLOAD_BYTES) return "size";
  return null;
}

/** "type" for a file whose name speaks of another kind, else null. It may be sent: the server looks at the content. */
export function doubt(file) {
  return file.type && !TYPES.has(file.type) ? "type" : null; // a picture without an extension has no type here
}

/** "1.4 MiB", "312 KiB" */
export function readableSize(bytes) {
  const kib = bytes / 1024;
  return kib < 1000 ? `${Math.max(1, Math.round(kib))} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}
