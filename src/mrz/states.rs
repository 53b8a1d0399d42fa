/// Alpha-3 and alpha-2 code of each country of ISO 3166-1, run together and in order.
const ISO_3166: &str = "\
    ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG \
    AUSAU AUTAT AZEAZ BDIBI BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL \
    BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH \
    CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX \
    CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES \
    ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI \
    GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM \
    HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT \
    JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB \
    LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD \
    MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS \
    MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO \
    NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL PRIPR PRKKP \
    PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD SENSN SGPSG SGSGS \
    SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI \
    SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO \
    TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC \
    VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA ZMBZM ZWEZW";

/// Codes that Doc 9303-3 §5 adds, and those that documents use although no standard has them.
const OTHERS: [(&str, &str); 11] = [
    ("D", "DE"),
    ("EUE", "EU"),
    ("GBD", "GB"),
    ("GBN", "GB"),
    ("GBO", "GB"),
    ("GBP", "GB"),
    ("GBS", "GB"),
    // Kosovo: its signing certificates say KS.
    ("RKS", "KS"),
    ("UNA", "UN"),
    ("UNK", "UN"),
    ("UNO", "UN"),
];

/// The two-letter code of an MRZ's state, as certificates carry it: `VNM` → `VN`, `D` → `DE`.
///
/// `None` for codes that name no issuer of certificates, such as `XXA` (stateless) or `UTO`
/// (the specimens' Utopia).
///
/// ```
/// assert_eq!(cccd::mrz::alpha2("VNM"), Some("VN"));
/// assert_eq!(cccd::mrz::alpha2("D<<"), Some("DE"));
/// assert_eq!(cccd::mrz::alpha2("UTO"), None);
/// ```
#[must_use]
pub fn alpha2(code: &str) -> Option<&'static str> {
    let code = code.trim_end_matches('<');
    let special = OTHERS.iter().find(|(known, _)| *known == code).map(|(_, two)| *two);
    special.or_else(|| {
        let mut countries = ISO_3166.split_ascii_whitespace();
        countries
            .find_map(|pair| pair.split_at_checked(3).filter(|(known, _)| *known == code))
            .map(|(_, two)| two)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_one_pair_and_they_are_sorted() {
        let pairs: Vec<_> = ISO_3166.split_ascii_whitespace().collect();
        assert_eq!(pairs.len(), 249);
        assert!(pairs.is_sorted());
        assert!(pairs.iter().all(|pair| pair.len() == 5));
    }

    #[test]
    fn codes_are_looked_up() {
        for (three, two) in
            [("AFG", "AF"), ("ZWE", "ZW"), ("DEU", "DE"), ("GBN", "GB"), ("RKS", "KS")]
        {
            assert_eq!(alpha2(three), Some(two));
        }
        for unknown in ["", "<<<", "VN", "VNMM", "XXX", "UTO", "vnm", "NMV"] {
            assert_eq!(alpha2(unknown), None, "{unknown}");
        }
    }
}
