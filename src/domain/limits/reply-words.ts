/**
 * The words by which people stop and start messages in their replies.
 *
 * English: the list that carriers demand (CTIA Messaging Principles and Best Practices 2023,
 * 5.1.3; Twilio "Advanced Opt-Out" defaults: STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT,
 * OPTOUT, REVOKE / START, UNSTOP, YES). Others: the words that operators of those countries ask
 * for (France: STOP; Germany: STOPP, ABMELDEN; Spain: BAJA; Brazil: SAIR, PARAR; Italy: STOP,
 * ANNULLA; Poland: STOP, REZYGNUJE; Vietnam: TC and HUY; Japan: 停止; Korea: 수신거부, …).
 */

export type ReplyMeaning = "stop" | "start";

const stopWords =
  "stop stopall unsubscribe cancel end quit optout revoke remove stopp abmelden abbestellen aufhören arret arrêt arreter arrêter desabonner désabonner desinscription désinscription baja cancelar parar alto sair descadastrar annulla disiscrivi cancella afmelden stoppen rezygnuje rezygnuję wypisz avsluta avslut afmeld stoppa lopeta dur iptal стоп отписаться відписатися tc huy hủy dừng dung berhenti batal 停止 配信停止 解除 退订 退訂 取消 td 수신거부 중지 توقف إلغاء หยุด ยกเลิก रोकें";

const startWords =
  "start unstop subscribe resume anmelden starten reprendre abonner alta iniciar assinar iscrivimi aanmelden wznow wznów başla старт подписаться dk đăngký mulai 再開 登録 恢复 恢復 订阅 訂閱 수신동의 시작 ابدأ เริ่ม";

const meanings: ReadonlyMap<string, ReplyMeaning> = new Map([
  ...startWords.split(" ").map((word) => [word, "start"] as const),
  ...stopWords.split(" ").map((word) => [word, "stop"] as const),
]);

/** Phrases of more than one word that mean stop. */
const stopPhrases: ReadonlySet<string> = new Set([
  "stop all",
  "opt out",
  "please stop",
  "stop please",
  "bitte stopp",
  "tu choi",
  "từ chối",
  "no more",
]);

/**
 * What a reply means; null: something else. Only a whole reply counts ("Don't stop!" does not),
 * whatever its case, and whatever marks stand around it.
 */
export function readReply(text: string): ReplyMeaning | null {
  const plain = text
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();
  if (stopPhrases.has(plain)) return "stop";
  return meanings.get(plain) ?? null;
}
