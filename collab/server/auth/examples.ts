// Values that the examples of the API document use; the tests make a hub in which they exist.

export const example = {
  user: 'exampleuserexampleuserexam',
  otherUser: 'exampleotherexampleotherex',
  device: 'exampledeviceexampledevice',
  token: 'exampletokenexampletokenex',
  invite: 'exampleinviteexampleinvite',
  inviteSecret: 'wri_example1example1example1example1example1example1exam',
  setupSecret: 'wro_example1example1example1example1example1example1exam',
  resetSecret: 'wro_example2example2example2example2example2example2exam',
  localSecret: 'wro_example3example3example3example3example3example3exam',
  roomInvite: 'exampleroominviteexampleroom',
  team: 'reds',
  username: 'ada',
  password: 'correct horse battery staple',
} as const;
