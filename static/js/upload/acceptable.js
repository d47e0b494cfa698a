/** Which files the site can read, as far as a browser can tell before sending them. */

const MIB = 1024 * 1024;
const MAX_PICTURE_BYTES = 8 * MIB;
const MAX_TOGETHER_BYTES = 200 * MIB;
const MAX_FILES = 2000;
const TYPES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/x-ms-bmp"]);

export function isZip(file) {
  return /\.zip$/i.test(file.name) || /^application\/(x-zip-compressed|zip)$/.test(file.type);
}

/** Why the file cannot be sent: "size", "zip" or "empty"; null when it can. */
export function fault(file) {
  if (file.size === 0) return "empty";
  if (isZip(file)) return file.size > MAX_TOGETHER_BYTES ? "zip" : null;
  return file.size > MAX_PICTURE_BYTES ? "size" : null;
}

/** "type" for a file whose name speaks of another kind, else null. It may be sent: the server looks at the content. */
export function doubt(file) {
  return file.type && !TYPES.has(file.type) && !isZip(file) ? "type" : null; // a picture without an extension has no type
}

/** Why the files cannot be sent together: "together" or "count"; null when they can. */
export function faultTogether(files) {
  if (files.length > MAX_FILES) return "count";
  return files.reduce((sum, file) => sum + file.size, 0) > MAX_TOGETHER_BYTES ? "together" : null;
}

/** "1.4 MiB", "312 KiB" */
export function readableSize(bytes) {
  const kib = bytes / 1024;
  return kib < 1000 ? `${Math.max(1, Math.round(kib))} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}
