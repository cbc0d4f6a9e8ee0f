/** Such as "+0.42 σ" or "−1.30 σ". */
export function formatRealness(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)} σ`;
}
