/** How good a password is, and better ones. */

/** Rough strength 0..100: length counts most, variety helps. A hint only; every password is allowed. */
export function strength(password: string): number {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  const distinct = new Set(password).size;
  return Math.min(100, Math.round(distinct * 5 + Math.max(0, password.length - 4) * 3 + (kinds - 1) * 8));
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 16;

/** A password that nobody will guess: 16 characters from 62, about 95 bits. */
export function generate(): string {
  const limit = 256 - (256 % LETTERS.length); // bytes above it would favour the first letters
  let made = "";
  while (made.length < LENGTH) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < limit) made += LETTERS[byte % LETTERS.length];
  }
  return made;
}
