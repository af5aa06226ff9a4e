// A picture, or where the citizen is, for the report that is being written.

import { store } from "./store.js";

const LONGEST_SIDE = 2048;
const SMALL_ENOUGH = 1_500_000; // bytes
const UPLOAD_TIME = 90_000;
const LOCATING = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 60_000 };

// Made smaller here where the browser can, so that a slow network need not carry 8 MB; the server checks anyway.
async function smaller(file) {
  if (file.size <= SMALL_ENOUGH || !globalThis.createImageBitmap) return file;
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85))) ?? file;
  } catch {
    return file;
  }
}

// The key of the kept picture; throws an Error with words for the citizen.
async function upload(file) {
  let response;
  try {
    response = await fetch("/api/photos", {
      method: "POST",
      headers: { Authorization: `Bearer ${store.conversation}`, "Content-Type": file.type || "application/octet-stream" },
      body: await smaller(file),
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout?.(UPLOAD_TIME),
    });
  } catch {
    throw new Error("Chưa gửi được ảnh. Bạn xem lại mạng rồi gửi lại ảnh giúp.");
  }
  const body = await response.json().catch(() => null);
  if (response.status === 201 && body?.photo) return body.photo;
  throw new Error(body?.error?.message ?? "Chưa gửi được ảnh. Bạn thử lại giúp.");
}

function locate() {
  return new Promise((done, fail) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done(`${coords.latitude.toFixed(6)},${coords.longitude.toFixed(6)}`),
      (error) =>
        fail(
          new Error(
            error.code === error.PERMISSION_DENIED
              ? "Trình duyệt chưa cho phép lấy vị trí. Bạn ghi địa điểm bằng chữ giúp."
              : "Chưa lấy được vị trí. Bạn ghi địa điểm bằng chữ giúp.",
          ),
        ),
      LOCATING,
    );
  });
}

// `press(button)` says something as a button does; `ready()` resolves once there is a conversation.
export function attachments({ file, photo, where, said }, press, ready) {
  let busy = false;

  async function during(button, words, work) {
    if (busy) return;
    busy = true;
    button.setAttribute("aria-disabled", "true");
    said.textContent = words;
    try {
      await work();
      said.textContent = "";
    } catch (error) {
      said.textContent = error.message;
    } finally {
      busy = false;
      button.removeAttribute("aria-disabled");
    }
  }

  photo.addEventListener("click", () => busy || file.click());
  file.addEventListener("change", () => {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    during(photo, "Đang gửi ảnh…", async () => {
      await ready();
      press({ payload: `photo:${await upload(chosen)}`, title: "Ảnh đã gửi" });
    });
  });
  if (!navigator.geolocation || !isSecureContext) return;
  where.hidden = false;
  where.addEventListener("click", () =>
    during(where, "Đang lấy vị trí…", async () => {
      press({ payload: `location:${await locate()}`, title: "Vị trí đã chia sẻ" });
    }),
  );
}
