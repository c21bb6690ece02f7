// Values that the examples of the API document use; the tests make a hub in which they exist.

export const example = {
  /** Somebody else in the team, an admin. */
  otherUser: 'exampleotherexampleotherex',
  device: 'exampledeviceexampledevice',
  token: 'exampletokenexampletokenex',
  invite: 'exampleinviteexampleinvite',
  roomInvite: 'exampleroominviteexampleroom',
  inviteSecret: 'wri_example1example1example1example1example1example1exam',
  resetSecret: 'wro_example2example2example2example2example2example2exam',
  team: 'reds',
  username: 'owner',
  password: 'correct horse battery staple',
} as const;
