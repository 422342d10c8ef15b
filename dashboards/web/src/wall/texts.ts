/** Words of the wall screen. */
export const wallEn = {
  'wall.title': 'Warehouse · wall board',
  'wall.open': 'Wall screen',
  'wall.leave': 'Leave the wall',
  'wall.soundOff': 'Sound is off: press once to switch it on',
  'wall.soundOn': 'Sound on',
  'wall.try': 'Try the sound',
  'wall.noAudio': 'This browser cannot make sound: put another beside it',
  'wall.sounding': '{n} alarm that nobody has acted on|{n} alarms that nobody has acted on',
  'wall.quiet': 'Nobody is called',
  'wall.lost': 'No connection: alarms do not reach this screen',
} as const;

export const wallZh: Record<keyof typeof wallEn, string> = {
  'wall.title': '仓库 · 大屏',
  'wall.open': '大屏',
  'wall.leave': '退出大屏',
  'wall.soundOff': '声音未开启：请按一次开启',
  'wall.soundOn': '声音已开启',
  'wall.try': '试听',
  'wall.noAudio': '此浏览器无法发声，请另备设备',
  'wall.sounding': '{n} 条报警无人处理',
  'wall.quiet': '当前无呼叫',
  'wall.lost': '连接中断：报警无法到达此屏幕',
};
