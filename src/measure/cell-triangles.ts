/**
 * The surface within a cell of 2 × 2 × 2 voxels, for each of the 256 sets of corners that a phase can hold, as triangles of the
 * middles of edges; three letters a triangle, a word a set. Faces of which it holds two opposite corners are crossed such that these
 * two hang together. The triangles are those that T. Lewiner et al., Efficient implementation of marching cubes' cases with
 * topological guarantees (2003), doi:10.1080/10867651.2003.10487582, gives for values of 0 and 1, as scikit-image has them
 * (test/golden/make/surfaces.py writes this table), so that areas are the same.
 */
const WORDS = [
  " bea fca beccef dhb dhaahe bahafhcdhchf dhchfchef idc dbibeiaciaie idffda bedeidefi cibbih ciaieaihe afbfhbfih ",
  "iefhei ekj abjjbk jfkfckaekakc fcjckjcbk hkdkjdebdedj kjhjdhjad hkejekejfefacafacbdbcbdhbhe hkjhjfdhfcdf idckje ",
  "acjijcjikdkikdb aedkdedkijikijf fidkfdbkdjfk cebecjijcjikhki ihchjcjacjhk ebakjhfhjhfi hkjfhjihf jlf ",
  "ejbjlbfabfbl jlaalc jlelbelcb jlfhbd dfafdlhldlhjejh cdlhldlhjbjhjba lcdeldhedlej lijidjcfjcjd ",
  "ejflfjflificdcicdabadabeaef idldjldaj lidldbjlbejb cfbjbfbjhlhjhli facjleieleih ajlhalihlbah ejlielhei ekffkl ",
  "abfblfbkl ekakcaklc blcklb lhkhldfdldfbebf klfdkfadfhkd baedhckchckl cdhkchlck likdkikdecedecf facbidiblklb ",
  "daeldekledli lidbldklb likhkiecfceb lgkgfkakfkahchahcggihliggcf lgklegelaialaibgbiihgghkebg lihlhk hmk ",
  "kemeambhmbma fcamkh bhcmchcmfkfmfke bdkkdm eakamkadm bakfkakfmcmfmcd dmcmecefcmke hdkdckimkikc ",
  "imhkhmhkehebabebadcdadcidih ahdhakfkakfmimf hdbmkieikief mkikcikbc mkiikckeceac kbaikafiakim imkeikfie jemmeh ",
  "hmbmabmja jfmcmfmchahchae mjfbmfcbfmbh bdedjedmj djadmj ebadfcfdjmjd jfcdjcmjd jimijcecjcedhde dbhciamaiamj ",
  "haeahdjfmimf jgmjhghjbfbjbfdgdffiggimhdg bcecmemjecim acimaijam jgmgembmembiaibiaggfijfggae jfijim mlhlfhjkhjhf ",
  "ebhbeafaejfefjlkljlkmhmkehk cmlmchahchakjka ejklhmhlbcbl bjkjbfdfbfdlmld jkelfmamfmad cdlmldjbabjk ",
  "mgdgkdedkdecjcecjgglcmlggjk icfcidhdimhihmklkmkljfjlifl ejkdbhfaciml mlikhjdjhjda dbhjkemli imlkfjfkcbck ",
  "acfmlijke jgaglaialaibmbibmggkbjkggml limjke lfmfhmfeh hmbbmamlalfa ehahlalcahml bhmlbmcbl feledldmldeb ",
  "mlfamfdma mgdmbgbmelemelagallcggcdbag mlcmcd mlifdcdfhehf imlhdbfac agdaigialelalemgmeehgghdimg dbhiml ",
  "cgbgibmbibmelemelggfecfggli faclim aeblim mli lmi beamil icmcammaflmf bicibmembmelfle mhlhbldildlb ",
  "dialaialemelemh flimilimhihdbdhdbcacbcafcfi icdlmfhfmfhe lmccmd dbmembmelalelac lmfmafmda efldelmdledb hbmblmbcl ",
  "healhaclamhl mhbmbalmafla flmhfmefh kmemieljelei aljlaibiaibmkmb faeafcicflifilmjmlmjkekjfej ljfmikckikcb ",
  "hdidhbebhkehekjmjkjmlilmhim hkmjilijdadj hkmcdiebaflj cdikmhljf dkmkdecedecjljc kdbdkmacjljc fljmekemadam ",
  "kgbgjbfbjbfdldfdlggmdkmgglj kmhjelblelbc lgcgmchcmchakahakggjaljggkm baeljfkmh jflkmh fjiijm mejembibmbiafai ",
  "caiamiajm cbemcejmeicm mhjbjhjbfdfbfdi faidiamejemh icdahbhamjma mgjgijcjijcedecedgghemhggdi fjcjdcjmd ",
  "acfbedjdedjm jdamdj dbejdemdj jmfmbfbcfbmh mgjmfgfmchcmchagahheggejfag mhbambjma ejmemh mikiekife bkakiaifaikm ",
  "kmikicekcaec kmickibkc kmhibdbiefei dgaghakahakfmfkfmggifdiggmh hkmebaicd icdmhk mdcemcfeckme ",
  "kgbkagakfmfkfmcgcmmdggdbacg aekmakdam dbkdkm cgbchghcmfmcmfkgkffeggebhkg acfhkm baehkm mhk ilhhlk ",
  "kelalelaibiaibh kflfkahakahcich kflfkeichbhc ildlbdlkb adedlelkeldi cdiafblbfblk kglkigikdedkdecgceefggflicg ",
  "dchckhclk hdbceaecklkc lkfkdfdafkhd kglghldlhldfbfdfbggefkeggbh lbclkb keackalkc baflbfkbl kefkfl jeleilehi ",
  "jalahlhilabh ljfecaceihie bgcbfgfbjhjbjhlglhhiggicflg ilddlbljbjeb diljdladj fljicdeba cdiflj cldledehdelj ",
  "lgcldgdlhjhlhjbgbjjaggacdbg agdgfdldfdlhjhlhjggehaeggjf fljdbh ljebleclb ljalac fljaeb ljf khjhfjhif ",
  "jkehabahfifh hicjhcajchjk bgcgecjcecjikijikgghibhggke ifdfkdkbdfjk dgadegedkikdkijgjiifggfaejg ",
  "jgajcgcjikijikdgdkkbggbacdg cdiejk khjjhfhdfdcf ejkfachdb jkhdjhajd ejkbhd cfjkcjbck acfejk bajbjk kej eifehi ",
  "fabhfbifh icaeiahie icbibh ebdiedfei difdfa aebcdi dic hdcfhcehf cfadbh hdahae hdb ebcecf cfa eba  ",
].join("");

/** Corners are held where their bit, 4z + 2y + x, is set. */
const SETS = WORDS.split(" ").map((word) => Array.from(word, (letter) => letter.charCodeAt(0) - 97));

/** Places that the letters mean, in halves of a cell along z, y, x; the seventh is the middle of the cell. */
export const POINTS = [
  [0, 0, 1],
  [0, 1, 0],
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 0],
  [1, 0, 2],
  [1, 1, 1],
  [1, 2, 0],
  [1, 2, 2],
  [2, 0, 1],
  [2, 1, 0],
  [2, 1, 2],
  [2, 2, 1],
] as const;

/** Points of the triangles of a set of corners, three a triangle, as indices into {@link POINTS}. */
export const trianglesOf = (set: number): readonly number[] => SETS[set]!;
