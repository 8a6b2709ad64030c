import { describe } from "node:test";
import type { WithStore } from "./store.ts";
import { storeAccountsContract } from "./store-accounts.ts";
import { storeAdministrationContract } from "./store-administration.ts";
import { storeFederationContract } from "./store-federation.ts";
import { storePrincipalsContract } from "./store-principals.ts";
import { storeSignInsContract } from "./store-sign-ins.ts";

export function storeDatabricksContract(withStore: WithStore): void {
  describe("accounts", () => storeAccountsContract(withStore));
  describe("principals", () => storePrincipalsContract(withStore));
  describe("sign-ins", () => storeSignInsContract(withStore));
  describe("federation policies", () => storeFederationContract(withStore));
  describe("administration", () => storeAdministrationContract(withStore));
}
