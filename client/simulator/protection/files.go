package protection

import (
	"cmp"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// States of files. Source: contract/protection.md, "Constants".
const (
	unapproved = 1
	approved   = 2
	banned     = 3
)

var stateNames = map[int]string{unapproved: "Unapproved", approved: "Approved", banned: "Banned"}

// trusted are the publishers whose files are approved.
var trusted = []string{"Microsoft Corporation", "Adobe Systems, Incorporated", "Google Inc", "Carbon Black, Inc.", "Mozilla Corporation", "Oracle America, Inc."}

// signers makes the publishers of the files, and the certificates that these signed with: below that of the issuer.
func (t *teller) signers() {
	t.publishers, t.certificates = make(map[string]int), make(map[string]int)
	for _, b := range t.seen() {
		if b.Publisher == "" {
			continue
		}
		publisher, known := t.publishers[b.Publisher]
		if !known {
			publisher = t.publisher(b)
		}
		issuer := t.certificate(b.Issuer, 0, b, nil)
		t.certificate(b.Subject, publisher, b, issuer)
	}
	for _, d := range t.p.tables["publisher"].docs {
		n := 0
		for _, c := range t.p.tables["certificate"].docs {
			if c["publisherId"] == d["id"] {
				n++
				t.add("publisherCertificate", doc{"publisherId": d["id"], "certificateId": c["id"]})
			}
		}
		t.p.tables["publisher"].put(d.with(doc{"signedCertificateCount": n}))
	}
}

func (t *teller) publisher(b *story.Binary) int {
	state, reputation := unapproved, 0
	if slices.Contains(trusted, b.Publisher) {
		state, reputation = approved, 3
	}
	id := t.add("publisher", doc{
		"name": b.Publisher, "description": "", "publisherState": state, "publisherReputation": reputation, "reputationApprovalsEnabled": true, "policyIds": "",
		"platformFlags": 1, "sourceType": 1, "firstSeenComputerId": t.firstComputer(b), "signedFilesCount": 0, "signedCertificateCount": 0, "hidden": false,
		"dateCreated": b.FirstSeen.Truncate(time.Millisecond), "dateModified": nil, "modifiedBy": "System", "clVersion": 1,
	})
	t.publishers[b.Publisher] = id
	return id
}

// certificate gives the number of a certificate, making it when it is first met. A publisher of 0 means an issuer.
func (t *teller) certificate(subject string, publisher int, b *story.Binary, parent any) int {
	if subject == "" {
		return 0
	}
	key := subject
	if publisher != 0 {
		key = b.Issuer + "/" + subject
	}
	if id, known := t.certificates[key]; known {
		return id
	}
	sum := sha1.Sum([]byte(key))
	state := unapproved
	if slices.Contains(trusted, b.Publisher) && publisher != 0 {
		state = approved
	}
	var owner any
	if publisher != 0 {
		owner = publisher
	}
	id := t.add("certificate", doc{
		"parentCertificateId": parent, "publisherId": owner, "firstSeenComputerId": t.firstComputer(b), "subjectName": "CN=" + subject, "serialNumber": hex.EncodeToString(sum[:8]),
		"thumbprint": hex.EncodeToString(sum[:]), "thumbprintAlgorithm": "SHA1", "signatureAlgorithm": "sha1RSA", "publicKeyAlgorithm": "RSA", "publicKeySize": 2048,
		"validFrom": b.SignTime.AddDate(-1, 0, 0), "validTo": b.SignTime.AddDate(4, 0, 0), "valid": b.Signature == story.Signed, "certificateState": state,
		"certificateEffectiveState": state, "sourceType": 1, "description": "", "signer": publisher != 0, "cosigner": false, "embedded": true, "detached": false,
		"intermediary": publisher == 0, "dateCreated": b.FirstSeen.Truncate(time.Millisecond), "dateModified": nil, "modifiedByUser": nil, "clVersion": 1,
	})
	t.certificates[key] = id
	return id
}

// seen lists the files that were met on a computer with the agent, in the order of being met.
func (t *teller) seen() []*story.Binary {
	var list []*story.Binary
	for _, b := range t.p.story.Binaries {
		if t.firstComputer(b) != 0 {
			list = append(list, b)
		}
	}
	return list
}

// firstComputer gives the number of the first computer with a file, 0 for none.
func (t *teller) firstComputer(b *story.Binary) int {
	for _, e := range b.Endpoints {
		if id := t.computers[e]; id != 0 {
			return id
		}
	}
	return 0
}

// prevalence is on how many computers a file is.
func (t *teller) prevalence(b *story.Binary) int {
	n := 0
	for _, e := range b.Endpoints {
		if t.computers[e] != 0 {
			n++
		}
	}
	return n
}

// catalog makes the files.
func (t *teller) catalog() {
	paths := t.firstPaths()
	for _, b := range t.seen() {
		state := unapproved
		if slices.Contains(trusted, b.Publisher) && b.Signature == story.Signed {
			state = approved
		}
		if slices.ContainsFunc(t.p.story.Bans, func(ban story.Ban) bool { return ban.MD5 == b.MD5 }) {
			state = banned
		}
		t.files[b.MD5] = t.add("fileCatalog", t.file(b, cmp.Or(paths[b], b.Paths[0]), state))
	}
}

func (t *teller) file(b *story.Binary, where string, state int) doc {
	content := b.File()
	one, two := sha1.Sum(content), sha256.Sum256(content)
	folder, name := split(where)
	threat, trust := 0, b.Trust
	switch {
	case b.VirusTotal > 20:
		threat, trust = 100, 0
	case b.VirusTotal > 5:
		threat, trust = 50, 1
	case b.Trust == 0:
		threat, trust = -1, -1
	}
	publisher, _ := t.p.tables["publisher"].get(t.publishers[b.Publisher])
	fileType := "Application"
	if !b.Executable {
		fileType = "Library"
	}
	return doc{
		"dateCreated": b.FirstSeen.Truncate(time.Millisecond), "fileName": name, "pathName": folder, "fileExtension": strings.TrimPrefix(path.Ext(name), "."),
		"fileType": fileType, "fileSize": b.Size(), "md5": b.MD5, "sha1": hex.EncodeToString(one[:]), "sha256": hex.EncodeToString(two[:]), "sha256HashType": 5,
		"productName": b.Product, "productVersion": b.Version, "company": b.Company, "publisher": b.Publisher, "publisherOrCompany": cmp.Or(b.Publisher, b.Company),
		"publisherId": t.publishers[b.Publisher], "publisherState": publisher.number("publisherState"), "certificateId": t.certificates[b.Issuer+"/"+b.Subject],
		"certificateState": publisher.number("publisherState"), "computerId": t.firstComputer(b), "installedProgramName": "", "prevalence": t.prevalence(b),
		"trust": trust, "trustMessages": "", "threat": threat, "category": "Unknown", "fileState": state, "effectiveState": stateNames[state],
		"approvedByReputation": false, "reputationEnabled": true, "reputationAvailable": b.Trust > 0, "fileFlags": 0,
	}
}

// firstPaths is where each file was first seen on a computer with the agent.
func (t *teller) firstPaths() map[*story.Binary]string {
	paths, times := map[*story.Binary]string{}, map[*story.Binary]time.Time{}
	for _, p := range t.p.story.Processes {
		if t.computers[p.Endpoint] == 0 {
			continue
		}
		for _, m := range p.Modloads {
			if first, known := times[m.Binary]; !known || m.Time.Before(first) {
				paths[m.Binary], times[m.Binary] = m.Path, m.Time
			}
		}
	}
	return paths
}

// split divides a path of Windows into folder and name.
func split(file string) (folder, name string) {
	i := strings.LastIndexByte(file, '\\')
	return file[:max(i, 0)], file[i+1:]
}

// sighting is a file at a place on a computer.
type sighting struct {
	computer int
	path     string
	md5      string
	first    time.Time
	executed bool
}

// instances makes the files on each computer: what was loaded there as a program or library, and the deleted ones.
func (t *teller) instances() {
	found := map[string]*sighting{}
	var order []*sighting
	for _, p := range t.p.story.Processes {
		computer := t.computers[p.Endpoint]
		if computer == 0 {
			continue
		}
		for _, m := range p.Modloads {
			key := p.Endpoint.Name + "|" + m.Path
			s := found[key]
			if s == nil {
				s = &sighting{computer: computer, path: m.Path, md5: m.Binary.MD5, first: m.Time}
				found[key] = s
				order = append(order, s)
			}
			s.executed = s.executed || m.Path == p.Path
			if m.Time.Before(s.first) {
				s.first = m.Time
			}
		}
	}
	slices.SortFunc(order, func(a, b *sighting) int {
		return cmp.Or(cmp.Compare(a.computer, b.computer), a.first.Compare(b.first), cmp.Compare(a.path, b.path))
	})
	groups := map[int]int{}
	for _, s := range order {
		t.instance(s, groups)
	}
	for _, d := range t.p.tables["publisher"].docs {
		n := 0
		for _, f := range t.p.tables["fileCatalog"].docs {
			if f["publisherId"] == d["id"] {
				n++
			}
		}
		t.p.tables["publisher"].put(d.with(doc{"signedFilesCount": n}))
	}
}

func (t *teller) instance(s *sighting, groups map[int]int) {
	catalog, ok := t.p.tables["fileCatalog"].first("md5", s.md5)
	if !ok {
		return
	}
	folder, name := split(s.path)
	group := groups[s.computer]
	if group == 0 {
		group = t.add("fileInstanceGroup", doc{"fileCatalogId": catalog["id"], "computerId": s.computer, "fileName": "", "pathName": "", "dateCreated": s.first.Truncate(time.Second),
			"userName": `NT AUTHORITY\SYSTEM`, "groupType": 0, "installedProgramName": ""})
		groups[s.computer] = group
	}
	computer, _ := t.p.tables["computer"].get(s.computer)
	d := doc{
		"fileInstanceGroupId": group, "fileCatalogId": catalog["id"], "computerId": s.computer, "policyId": computer["policyId"], "fileName": name, "pathName": folder,
		"dateCreated": s.first.Truncate(time.Second), "executed": s.executed, "localState": catalog["fileState"], "detailedLocalState": catalog.number("fileState") + 1,
		"initialized": true, "topLevel": strings.Contains(folder, `\downloads`), "certificateId": catalog["certificateId"], "detachedPublisherId": 0, "detachedCertificateId": 0,
		"unifiedSource": nil,
	}
	// What the intruder used for a moment was deleted again.
	if name == "nb.exe" {
		t.add("fileInstanceDeleted", doc{"fileInstanceGroupId": group, "fileCatalogId": catalog["id"], "computerId": s.computer, "fileName": name, "pathName": folder,
			"dateCreated": d["dateCreated"], "dateDeleted": s.first.Add(40 * time.Minute).Truncate(time.Second), "detachedPublisherId": 0, "detachedCertificateId": 0})
		return
	}
	t.add("fileInstance", d)
}
