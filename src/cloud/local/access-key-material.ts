import { randomBytes, randomInt } from "node:crypto";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ID_CHARACTERS = 16;
const SECRET_BYTES = 30;

/** A key pair in AWS's form: `AKIA` and 16 characters of base 32; a secret of 40 characters of base 64. */
export function newAccessKeyMaterial(): { id: string; secret: string } {
  let id = "AKIA";
  for (let index = 0; index < ID_CHARACTERS; index += 1) id += BASE32.charAt(randomInt(BASE32.length));
  return { id, secret: randomBytes(SECRET_BYTES).toString("base64") };
}
