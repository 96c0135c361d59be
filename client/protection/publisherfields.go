package protection

import "github.com/cbscript/cbscript/client"

// What the models of publishers hold. The contract has no tables for them; names and types are those of the vendor's
// public reference of the API, version 7.2.

// publisherFields are what is known of who signs files.
var publisherFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the publisher"},
	{Name: "name", Type: client.Text, Doc: "name of the publisher"},
	{Name: "description", Type: client.Text, Doc: "what an analyst wrote about it"},
	{Name: "publisherState", Type: client.Int, Doc: "what holds for its files: 1 unapproved, 2 approved, 3 banned"},
	{Name: "publisherReputation", Type: client.Int, Doc: "how far it is trusted: 0 not, 1 low, 2 medium, 3 high"},
	{Name: "reputationApprovalsEnabled", Type: client.Bool, Doc: "whether its reputation may approve it"},
	{Name: "policyIds", Type: client.Text, Doc: "numbers of the policies that this holds for, separated by commas; empty means all"},
	{Name: "platformFlags", Type: client.Int, Doc: "systems that this holds for: sum of 1 Windows, 2 macOS, 4 Linux"},
	{Name: "sourceType", Type: client.Int, Doc: "how the state came about: 1 by hand, 3 by reputation, 5 from outside"},
	{Name: "firstSeenComputerId", Type: client.Int, Doc: "number of the computer on which it was first seen"},
	{Name: "signedFilesCount", Type: client.Int, Doc: "number of files that it signed"},
	{Name: "signedCertificateCount", Type: client.Int, Doc: "number of certificates that it signed with"},
	{Name: "hidden", Type: client.Bool, Doc: "whether it was never seen on a computer"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was first seen"},
	{Name: "dateModified", Type: client.Time, Doc: "when it was last changed"},
	{Name: "modifiedBy", Type: client.Text, Doc: "who changed it"},
	{Name: "clVersion", Type: client.Int, Doc: "version of the rules that it is part of"},
}

// certificateFields are what is known of a certificate that files were signed with.
var certificateFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the certificate"},
	{Name: "parentCertificateId", Type: client.Int, Doc: "number of the certificate above it in the chain; null at the top"},
	{Name: "publisherId", Type: client.Int, Doc: "number of the publisher"},
	{Name: "firstSeenComputerId", Type: client.Int, Doc: "number of the computer on which it was first seen"},
	{Name: "subjectName", Type: client.Text, Doc: "whom it names"},
	{Name: "serialNumber", Type: client.Text, Doc: "serial number"},
	{Name: "thumbprint", Type: client.Text, Doc: "its hash"},
	{Name: "thumbprintAlgorithm", Type: client.Text, Doc: "how that was made"},
	{Name: "signatureAlgorithm", Type: client.Text, Doc: "how it was signed"},
	{Name: "publicKeyAlgorithm", Type: client.Text, Doc: "kind of its key"},
	{Name: "publicKeySize", Type: client.Int, Doc: "size of its key in bits"},
	{Name: "validFrom", Type: client.Time, Doc: "when it begins to be valid"},
	{Name: "validTo", Type: client.Time, Doc: "when it ends to be valid"},
	{Name: "valid", Type: client.Bool, Doc: "whether it is"},
	{Name: "certificateState", Type: client.Int, Doc: "what an analyst decided: StateUnapproved, StateApproved or StateBanned"},
	{Name: "certificateEffectiveState", Type: client.Int, Doc: "what that comes to with the others of the chain; StateMixed when they differ"},
	{Name: "sourceType", Type: client.Int, Doc: "how the state came about"},
	{Name: "description", Type: client.Text, Doc: "what an analyst wrote about it"},
	{Name: "signer", Type: client.Bool, Doc: "whether it signed a file"},
	{Name: "cosigner", Type: client.Bool, Doc: "whether it countersigned one"},
	{Name: "embedded", Type: client.Bool, Doc: "whether the signature was in the file"},
	{Name: "detached", Type: client.Bool, Doc: "whether it was in a catalog"},
	{Name: "intermediary", Type: client.Bool, Doc: "whether it stands between others in a chain"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was first seen"},
	{Name: "dateModified", Type: client.Time, Doc: "when it was last changed"},
	{Name: "modifiedByUser", Type: client.Text, Doc: "who changed it"},
	{Name: "clVersion", Type: client.Int, Doc: "version of the rules that it is part of"},
}

// publisherCertificateFields tell which certificates are a publisher's.
var publisherCertificateFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the pair"},
	{Name: "publisherId", Type: client.Int, Doc: "number of the publisher"},
	{Name: "certificateId", Type: client.Int, Doc: "number of the certificate"},
}
