/** Whether an IP address is this machine's own: 127.0.0.0/8 or ::1, also written as IPv4 in IPv6. */
export function isLoopback(address: string): boolean {
  return /^(::ffff:)?127(\.\d{1,3}){3}$/i.test(address) || address === "::1";
}
