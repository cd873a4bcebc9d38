import { api, ApiError, stillAddress, type View } from "../api";

/** A file name such as ``view-area-1_2026-05-09_14-03-59.jpg``, in the time of whoever saves it. */
export function snapshotName(view: string, when: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const date = `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;
  const time = `${two(when.getHours())}-${two(when.getMinutes())}-${two(when.getSeconds())}`;
  return `${view.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-")}_${date}_${time}.jpg`;
}

/** Save one picture of a view, as the camera makes it, to the browser's download folder. Throws ApiError. */
export async function saveSnapshot(view: View, resolution: string | null): Promise<string> {
  await api.me(); // an ended session is told here; a picture's own 401 would make browsers ask for a password
  const response = await fetch(stillAddress(view, resolution), { cache: "no-store" });
  if (!response.ok) throw new ApiError(response.status, `No snapshot: the camera answered ${response.status} ${response.statusText}`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = snapshotName(view.name, new Date());
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return link.download;
}
