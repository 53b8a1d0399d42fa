package interop;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.smartcardio.CardTerminal;
import javax.smartcardio.TerminalFactory;
import net.sf.scuba.smartcards.CardFileInputStream;
import net.sf.scuba.smartcards.CardService;
import net.sf.scuba.smartcards.CardServiceException;
import net.sf.scuba.smartcards.TerminalCardService;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.DomainParameters;
import org.bouncycastle.crypto.params.DHParameters;
import org.jmrtd.AccessKeySpec;
import org.jmrtd.BACKey;
import org.jmrtd.DefaultFileSystem;
import org.jmrtd.PACEKeySpec;
import org.jmrtd.PassportService;
import org.jmrtd.Util;
import org.jmrtd.lds.CardAccessFile;
import org.jmrtd.lds.ChipAuthenticationInfo;
import org.jmrtd.lds.ChipAuthenticationPublicKeyInfo;
import org.jmrtd.lds.LDSFileUtil;
import org.jmrtd.lds.PACEDomainParameterInfo;
import org.jmrtd.lds.PACEInfo;
import org.jmrtd.lds.SODFile;
import org.jmrtd.lds.SecurityInfo;
import org.jmrtd.lds.icao.DG11File;
import org.jmrtd.lds.icao.DG12File;
import org.jmrtd.lds.icao.DG14File;
import org.jmrtd.lds.icao.DG15File;
import org.jmrtd.lds.icao.DG1File;
import org.jmrtd.lds.icao.DG5File;
import org.jmrtd.lds.icao.DG7File;
import org.jmrtd.lds.icao.MRZInfo;
import org.jmrtd.protocol.PACECAMResult;
import org.jmrtd.protocol.PACEResult;
import org.jmrtd.protocol.ReadBinaryAPDUSender;
import org.json.JSONObject;

/** One card, read as an application of JMRTD reads it. */
final class Reading {
  private final JSONObject question;
  private final int block;
  private final JSONObject answer = new JSONObject();
  private final Map<String, byte[]> files = new TreeMap<>();
  private final JSONObject checks = new JSONObject();
  private TerminalCardService card;
  private PassportService service;

  Reading(JSONObject question) {
    this.question = question;
    this.block = question.getInt("block");
  }

  JSONObject run() {
    try {
      CardTerminal terminal =
          TerminalFactory.getDefault().terminals().getTerminal(question.getString("reader"));
      card = new TerminalCardService(terminal);
      boolean isExtended = block > PassportService.NORMAL_MAX_TRANCEIVE_LENGTH;
      // Every MAC is checked, which JMRTD leaves to the application.
      service = new PassportService(card, isExtended ? PassportService.EXTENDED_MAX_TRANCEIVE_LENGTH
          : PassportService.NORMAL_MAX_TRANCEIVE_LENGTH, block, question.getBoolean("sfi"), true);
      service.open();
      read();
    } catch (Exception exception) {
      answer.put("error", Main.words(exception));
    } finally {
      if (service != null) {
        service.close();
      }
    }
    JSONObject encoded = new JSONObject();
    files.forEach((name, bytes) -> encoded.put(name, Base64.getEncoder().encodeToString(bytes)));
    return answer.put("files", encoded).put("checks", checks);
  }

  private void read() throws Exception {
    Checks judge = new Checks(Base64.getDecoder().decode(question.getString("csca")),
        question.getString("day"));
    PACEResult pace = pace();
    if (pace instanceof PACECAMResult mapped) {
      byte[] cardSecurity = cardSecurity(pace);
      check("chip_authentication_mapping", () -> judge.mapping(mapped, cardSecurity));
    }
    service.sendSelectApplet(pace != null);
    if (pace == null) {
      service.doBAC(mrzKey());
      answer.put("access", "BAC");
    }
    try {
      file("EF.COM", PassportService.EF_COM);
    } catch (CardServiceException exception) {
      // Nothing depends on it: EF.SOD lists the groups.
    }
    SODFile sod = new SODFile(stream(file("EF.SOD", PassportService.EF_SOD)));
    check("sod", () -> judge.sod(sod));
    List<Integer> groups = LDSFileUtil.getDataGroupNumbers(sod);
    // The chip's proofs come first, so that the rest is read through the new channel.
    DG14File dg14 = groups.contains(14) ? new DG14File(stream(group(14))) : null;
    if (dg14 != null && !dg14.getChipAuthenticationPublicKeyInfos().isEmpty()) {
      check("chip_authentication", () -> chipAuthentication(dg14));
    }
    if (groups.contains(15)) {
      DG15File dg15 = new DG15File(stream(group(15)));
      check("active_authentication", () -> judge.active(service, dg15.getPublicKey(), dg14));
    }
    for (int number : groups) {
      // Fingerprints and irises need a terminal's certificate.
      if (number != 3 && number != 4 && !files.containsKey("DG" + number)) {
        group(number);
      }
    }
    check("digests", () -> judge.digests(sod, files));
    check("contents", this::contents);
  }

  /** PACE with the first announced variant that works; null where nothing is announced and the key is the MRZ. */
  private PACEResult pace() throws Exception {
    Collection<SecurityInfo> infos;
    try {
      byte[] cardAccess = file("EF.CardAccess", PassportService.EF_CARD_ACCESS);
      infos = new CardAccessFile(stream(cardAccess)).getSecurityInfos();
    } catch (CardServiceException | IOException exception) {
      return null;
    }
    CardServiceException refusal = null;
    for (SecurityInfo each : infos) {
      if (each instanceof PACEInfo info) {
        try {
          PACEResult result = service.doPACE(paceKey(), info.getObjectIdentifier(),
              parameters(info, infos), info.getParameterId());
          String cipher = result.getCipherAlg().equals("AES") ? "AES-" + result.getKeyLength() : "3DES";
          answer.put("access", "PACE " + result.getAgreementAlg() + "-" + result.getMappingType() + " " + cipher);
          return result;
        } catch (CardServiceException exception) {
          refusal = exception;
        }
      }
    }
    if (refusal != null) {
      throw refusal;
    }
    return null;
  }

  /**
   * The standardised parameters of a PACEInfo, or those that are written out under its number. JMRTD's
   * {@code PACEDomainParameterInfo.getParameters} refuses every object identifier of PACE, so they are taken from its ASN.1.
   */
  private static AlgorithmParameterSpec parameters(PACEInfo info, Collection<SecurityInfo> infos) {
    for (SecurityInfo each : infos) {
      if (each instanceof PACEDomainParameterInfo written) {
        ASN1Sequence sequence = (ASN1Sequence) written.getDERObject();
        AlgorithmIdentifier numbers = AlgorithmIdentifier.getInstance(sequence.getObjectAt(1));
        if (!PACEDomainParameterInfo.ID_DH_PUBLIC_NUMBER.equals(numbers.getAlgorithm().getId())) {
          return PACEDomainParameterInfo.toECParameterSpec(numbers);
        }
        DomainParameters group = DomainParameters.getInstance(numbers.getParameters());
        return Util.toExplicitDHParameterSpec(
            new DHParameters(group.getP(), group.getG(), group.getQ()));
      }
    }
    return PACEInfo.toParameterSpec(info.getParameterId());
  }

  private AccessKeySpec paceKey() throws Exception {
    JSONObject key = question.getJSONObject("key");
    return switch (key.keys().next()) {
      case "can" -> PACEKeySpec.createCANKey(key.getString("can"));
      case "pin" -> PACEKeySpec.createPINKey(key.getString("pin"));
      case "puk" -> PACEKeySpec.createPUKKey(key.getString("puk"));
      default -> PACEKeySpec.createMRZKey(mrzKey());
    };
  }

  private BACKey mrzKey() throws CardServiceException {
    JSONObject key = question.getJSONObject("key");
    if (!key.has("mrz")) {
      throw new CardServiceException("no PACE is announced, and BAC needs the MRZ");
    }
    MRZInfo mrz = new MRZInfo(key.getString("mrz"));
    return new BACKey(mrz.getDocumentNumber(), mrz.getDateOfBirth(), mrz.getDateOfExpiry());
  }

  /**
   * EF.CardSecurity lies beside the application, under the keys of PACE. PassportService hands these to the application's
   * files only, so this file is read through a file system of its own.
   */
  private byte[] cardSecurity(PACEResult pace) throws Exception {
    DefaultFileSystem master = new DefaultFileSystem(new ReadBinaryAPDUSender(card), false);
    master.setWrapper(pace.getWrapper());
    master.selectFile(PassportService.EF_CARD_SECURITY);
    return keep("EF.CardSecurity", new CardFileInputStream(block, master));
  }

  /** With the first announced key, or the first of all. Whether the chip has the new keys shows with the next file. */
  private void chipAuthentication(DG14File dg14) throws Exception {
    ChipAuthenticationPublicKeyInfo key = dg14.getChipAuthenticationPublicKeyInfos().get(0);
    String protocol = null;
    for (ChipAuthenticationInfo info : dg14.getChipAuthenticationInfos()) {
      if (info.getKeyId() == null || info.getKeyId().equals(key.getKeyId())) {
        protocol = info.getObjectIdentifier();
      }
    }
    service.doEACCA(key.getKeyId(), protocol, key.getObjectIdentifier(), key.getSubjectPublicKey());
  }

  /** Whether the groups that few cards have can be understood, and not only read. */
  private void contents() throws IOException {
    if (files.containsKey("DG5")) {
      new DG5File(stream(files.get("DG5")));
    }
    if (files.containsKey("DG7")) {
      new DG7File(stream(files.get("DG7")));
    }
    if (files.containsKey("DG11")) {
      DG11File details = new DG11File(stream(files.get("DG11")));
      // The optional data of DG1 begin with the same number.
      String optional = new DG1File(stream(files.get("DG1"))).getMRZInfo().getOptionalData1();
      if (!optional.startsWith(details.getPersonalNumber())) {
        throw new IOException("another number than DG1's in DG11");
      }
    }
    if (files.containsKey("DG12")) {
      new DG12File(stream(files.get("DG12"))).getDateOfIssue();
    }
  }

  private byte[] group(int number) throws Exception {
    return file("DG" + number, LDSFileUtil.lookupFIDByDataGroupNumber(number));
  }

  private byte[] file(String name, short identifier) throws Exception {
    return keep(name, service.getInputStream(identifier, block));
  }

  private byte[] keep(String name, InputStream file) throws IOException {
    byte[] bytes = file.readAllBytes();
    files.put(name, bytes);
    return bytes;
  }

  private interface Check {
    void run() throws Exception;
  }

  private void check(String name, Check check) {
    try {
      check.run();
      checks.put(name, "passed");
    } catch (Exception exception) {
      checks.put(name, Main.words(exception));
    }
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }
}
