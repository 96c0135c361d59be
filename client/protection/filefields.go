package protection

import "github.com/cbscript/cbscript/client"

// What the models of files hold. The contract has no tables for them; names and types are those of the vendor's public
// reference of the API, versions 7.2 and 8.0.

// fileCatalogFields are what the server knows of a file, wherever it is.
var fileCatalogFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the file"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was first seen"},
	{Name: "fileName", Type: client.Text, Doc: "name under which it was first seen"},
	{Name: "pathName", Type: client.Text, Doc: "folder in which it was first seen"},
	{Name: "fileExtension", Type: client.Text, Doc: "end of its name"},
	{Name: "fileType", Type: client.Text, Doc: "kind of file, in words"},
	{Name: "fileSize", Type: client.Int, Doc: "size in bytes"},
	{Name: "md5", Type: client.Text, Doc: "MD5; fileHash is the first hash that there is"},
	{Name: "sha1", Type: client.Text, Doc: "SHA-1"},
	{Name: "sha256", Type: client.Text, Doc: "SHA-256"},
	{Name: "sha256HashType", Type: client.Int, Doc: "how that was made: 5 of the whole file, 6 of what matters of an installer"},
	{Name: "productName", Type: client.Text, Doc: "product that it names itself part of"},
	{Name: "productVersion", Type: client.Text, Doc: "version that it gives itself"},
	{Name: "company", Type: client.Text, Doc: "company that it gives itself"},
	{Name: "publisherOrCompany", Type: client.Text, Doc: "name of the publisher who signed it, else the company that it gives itself"},
	{Name: "publisherId", Type: client.Int, Doc: "number of the publisher who signed it; 0 when it is not signed"},
	{Name: "publisherState", Type: client.Int, Doc: "state of that publisher: 0 to 3"},
	{Name: "certificateId", Type: client.Int, Doc: "number of the certificate that it was signed with"},
	{Name: "certificateState", Type: client.Int, Doc: "state of that certificate"},
	{Name: "computerId", Type: client.Int, Doc: "number of the computer on which it was first seen"},
	{Name: "installedProgramName", Type: client.Text, Doc: "program whose installer brought it"},
	{Name: "prevalence", Type: client.Int, Doc: "number of computers that have it"},
	{Name: "trust", Type: client.Int, Doc: "how far its reputation is trusted, 0 to 10; -1 when it is not known"},
	{Name: "trustMessages", Type: client.Text, Doc: "what that rests on"},
	{Name: "threat", Type: client.Int, Doc: "how dangerous it is held to be: 0 clean, 50 potentially, 100 malicious; less when it is not known"},
	{Name: "category", Type: client.Text, Doc: "kind of software"},
	{Name: "fileState", Type: client.Int, Doc: "what the rules say: 1 unapproved, 2 approved, 3 banned"},
	{Name: "effectiveState", Type: client.Text, Doc: "what that comes to, in words, other rules taken into account"},
	{Name: "approvedByReputation", Type: client.Bool, Doc: "whether its reputation approved it"},
	{Name: "reputationEnabled", Type: client.Bool, Doc: "whether its reputation may approve it"},
	{Name: "reputationAvailable", Type: client.Bool, Doc: "whether the reputation is known"},
	{Name: "fileFlags", Type: client.Int, Doc: "what it is, as bits"},
}

// fileInstanceFields are what is known of a file on one computer.
var fileInstanceFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the instance"},
	{Name: "fileInstanceGroupId", Type: client.Int, Doc: "number of the group of files that came with it"},
	{Name: "fileCatalogId", Type: client.Int, Doc: "number of the file"},
	{Name: "computerId", Type: client.Int, Doc: "number of the computer"},
	{Name: "policyId", Type: client.Int, Doc: "number of the computer's policy"},
	{Name: "fileName", Type: client.Text, Doc: "its name on the computer"},
	{Name: "pathName", Type: client.Text, Doc: "its folder on the computer"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it came there"},
	{Name: "executed", Type: client.Bool, Doc: "whether it was ever run there"},
	{Name: "localState", Type: client.Int, Doc: "what holds on that computer: 1 unapproved, 2 approved, 3 banned; setting 2 approves it there"},
	{Name: "detailedLocalState", Type: client.Int, Doc: "the same with its reason, as a number"},
	{Name: "initialized", Type: client.Bool, Doc: "whether it was there before the agent"},
	{Name: "topLevel", Type: client.Bool, Doc: "whether it came by itself and not with another file"},
	{Name: "certificateId", Type: client.Int, Doc: "number of the certificate that it was signed with"},
	{Name: "detachedPublisherId", Type: client.Int, Doc: "number of the publisher who signed it in a catalog"},
	{Name: "detachedCertificateId", Type: client.Int, Doc: "number of the certificate for that"},
	{Name: "unifiedSource", Type: client.Text, Doc: "server that the local state came from"},
}

// fileInstanceDeletedFields are what was known of a file that is gone.
var fileInstanceDeletedFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the instance"},
	{Name: "fileInstanceGroupId", Type: client.Int, Doc: "number of the group of files that came with it"},
	{Name: "fileCatalogId", Type: client.Int, Doc: "number of the file"},
	{Name: "computerId", Type: client.Int, Doc: "number of the computer"},
	{Name: "fileName", Type: client.Text, Doc: "its name on the computer"},
	{Name: "pathName", Type: client.Text, Doc: "its folder on the computer"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it came there"},
	{Name: "dateDeleted", Type: client.Time, Doc: "when it was deleted"},
	{Name: "detachedPublisherId", Type: client.Int, Doc: "number of the publisher who signed it in a catalog"},
	{Name: "detachedCertificateId", Type: client.Int, Doc: "number of the certificate for that"},
}

// fileInstanceGroupFields are what is known of files that came together.
var fileInstanceGroupFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the group"},
	{Name: "fileCatalogId", Type: client.Int, Doc: "number of the file that brought the others"},
	{Name: "computerId", Type: client.Int, Doc: "number of the computer"},
	{Name: "fileName", Type: client.Text, Doc: "name of that file"},
	{Name: "pathName", Type: client.Text, Doc: "folder of that file"},
	{Name: "dateCreated", Type: client.Time, Doc: "when they came"},
	{Name: "userName", Type: client.Text, Doc: "who was logged in"},
	{Name: "groupType", Type: client.Int, Doc: "how they came: 0 there before the agent, 1 by themselves, 2 by a process, 3 by an MSI installer"},
	{Name: "installedProgramName", Type: client.Text, Doc: "program whose installer brought them"},
}
