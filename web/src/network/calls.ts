/** The network over REST (docs/network.md). */

import { call } from "../api";

export interface NetworkInterface {
  name: string;
  mac: string;
  link: boolean | null;
  wireless: boolean;
  router: string;
  managed: boolean;
  addresses: { address: string; prefix: number; scope: "global" | "link" | "host" }[];
}

export interface NetworkState {
  host_name: string;
  interfaces: NetworkInterface[];
  name_servers: string[];
  search_domains: string[];
  /** Why the address cannot be set from here; empty where it can. */
  obstacle: string;
  http_port: number | null;
  https_port: number | null;
  rtsp_port: number | null;
  rtsps_port: number | null;
}

export type AddressMode = "machine" | "static" | "link-local";

export const network = {
  read: () => call<NetworkState>("GET", "network"),
  setAddress: (mode: AddressMode, ipv4: string, router: string) => call<NetworkState>("PUT", "network/address", { mode, ipv4, router }),
  check: (ipv4: string) => call<{ free: boolean; mac: string }>("POST", "network/address/check", { ipv4 }),
};
