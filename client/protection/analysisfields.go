package protection

import "github.com/cbscript/cbscript/client"

// Source: contract/fields/protection/connector.json.
var connectorFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the connector"},
	{Name: "name", Type: client.Text, Required: true, Doc: "name of the connector; the server has one of each name"},
	{Name: "analysisName", Type: client.Text, Required: true, Doc: "name of what it analyses with"},
	{Name: "connectorVersion", Type: client.Text, Required: true, Doc: "version of the connector"},
	{Name: "canAnalyze", Type: client.Bool, Required: true, Doc: "whether it can analyse files"},
	{Name: "enabled", Type: client.Bool, Required: true, Doc: "whether it is used"},
	{Name: "analysisEnabled", Type: client.Bool, Required: true, Doc: "whether files are sent to it"},
	{Name: "isInternal", Type: client.Bool, Doc: "whether it is part of the server"},
	{Name: "analysisTargets", Type: client.List, Doc: "what it can analyse for: a list of names"},
}

// Source: contract/fields/protection/notification.json. The source declares files twice; the second list holds.
var notificationFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the notification"},
	{Name: "connectorId", Type: client.Int, Doc: "number of the connector that tells it"},
	{Name: "time", Type: client.Time, Doc: "when it happened"},
	{Name: "analysisResult", Type: client.Int, Required: true, Doc: "outcome: ResultNotAvailable, ResultClean, ResultPotentialThreat or ResultMalicious"},
	{Name: "fileAnalysisId", Type: client.Int, Required: true, Doc: "number of the analysis"},
	{Name: "fileName", Type: client.Text, Doc: "name of the file"},
	{Name: "md5", Type: client.Text, Doc: "MD5 of the file"},
	{Name: "sha1", Type: client.Text, Doc: "SHA-1 of the file"},
	{Name: "sha256", Type: client.Text, Doc: "SHA-256 of the file"},
	{Name: "malwareName", Type: client.Text, Doc: "name of what was found"},
	{Name: "malwareType", Type: client.Text, Doc: "kind of what was found"},
	{Name: "externalUrl", Type: client.Text, Doc: "where more can be read"},
	{Name: "externalId", Type: client.Text, Doc: "number of it there"},
	{Name: "severity", Type: client.Text, Doc: "how bad it is, in words"},
	{Name: "type", Type: client.Text, Doc: "kind of notification, in words"},
	{Name: "appliance", Type: client.Text, Doc: "what found it"},
	{Name: "product", Type: client.Text, Doc: "name of that product"},
	{Name: "version", Type: client.Text, Doc: "version of that product"},
	{Name: "srcIp", Type: client.Text, Doc: "address that it came from"},
	{Name: "srcHost", Type: client.Text, Doc: "host that it came from"},
	{Name: "destIp", Type: client.Text, Doc: "address that it went to"},
	{Name: "msgFormat", Type: client.Text, Doc: "form of the original message"},
	{Name: "anomaly", Type: client.Text, Doc: "what was odd"},
	{Name: "targetApp", Type: client.Text, Doc: "program that was attacked"},
	{Name: "targetOS", Type: client.Text, Doc: "system that was attacked"},
	{Name: "httpHeader", Type: client.Text, Doc: "header of the request that brought it"},
	{Name: "status", Type: client.Text, Doc: "state of it, in words"},
	{Name: "srcUsername", Type: client.Text, Doc: "user that it came from"},
	{Name: "destUsername", Type: client.Text, Doc: "user that it went to"},
	{Name: "flags", Type: client.Int, Doc: "what it is, as bits"},
	{Name: "files", Type: client.List, Doc: "files that were touched: dicts of md5, sha1, sha256, fileSize, fileName, filePath, processName, processPath, operation, topLevel"},
	{Name: "regKeys", Type: client.List, Doc: "registry keys that were touched: dicts of regKey, regName, regValue, processMd5, Operation"},
	{Name: "directories", Type: client.List, Doc: "directories that were touched: dicts of dirPath"},
}

// fileAnalysisFields: names and types are those of the vendor's public reference of the API, versions 7.2 and 8.0.
var fileAnalysisFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the analysis"},
	{Name: "fileCatalogId", Type: client.Int, Required: true, Doc: "number of the file"},
	{Name: "connectorId", Type: client.Int, Required: true, Doc: "number of the connector that shall analyse it"},
	{Name: "computerId", Type: client.Int, Doc: "number of the computer that the file is taken from"},
	{Name: "analysisTarget", Type: client.Text, Doc: "what it is analysed for, one of the connector's analysisTargets"},
	{Name: "priority", Type: client.Int, Doc: "how urgent it is, -2 to 2"},
	{Name: "analysisStatus", Type: client.Int, Doc: "how far it is, as PendingAnalysis.StatusScheduled and so on"},
	{Name: "analysisResult", Type: client.Int, Doc: "outcome, as PendingAnalysis.ResultClean and so on"},
	{Name: "analysisError", Type: client.Text, Doc: "why it failed"},
	{Name: "fileName", Type: client.Text, Doc: "name of the file there"},
	{Name: "pathName", Type: client.Text, Doc: "folder of the file there"},
	{Name: "createdBy", Type: client.Text, Doc: "who asked for it"},
	{Name: "createdByUserId", Type: client.Int, Doc: "number of the user who did"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was asked for"},
	{Name: "dateModified", Type: client.Time, Doc: "when it last changed"},
}

// fileUploadFields: names and types are those of the vendor's public reference of the API, version 7.2.
var fileUploadFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the upload"},
	{Name: "computerId", Type: client.Int, Doc: "number of the computer that the file is taken from"},
	{Name: "fileCatalogId", Type: client.Int, Required: true, Doc: "number of the file"},
	{Name: "priority", Type: client.Int, Doc: "how urgent it is, -2 to 2"},
	{Name: "uploadStatus", Type: client.Int, Doc: "how far it is: 0 asked for, 1 begun, 2 under way, 3 done, 4 failed, 5 cancelled, 6 deleted"},
	{Name: "uploadPath", Type: client.Text, Doc: "where the server keeps it"},
	{Name: "uploadedFileSize", Type: client.Int, Doc: "size of what came; 0 before it has"},
	{Name: "fileName", Type: client.Text, Doc: "name of the file there"},
	{Name: "pathName", Type: client.Text, Doc: "folder of the file there"},
	{Name: "createdBy", Type: client.Text, Doc: "who asked for it"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was asked for"},
	{Name: "dateModified", Type: client.Time, Doc: "when it last changed"},
}

// pendingAnalysisFields: the contract names uploaded, analysisStatus, analysisError and the hashes; the others are those of
// the vendor's public reference of the API, version 7.2.
var pendingAnalysisFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the analysis"},
	{Name: "fileCatalogId", Type: client.Int, Doc: "number of the file"},
	{Name: "connectorId", Type: client.Int, Doc: "number of the connector that shall analyse it"},
	{Name: "analysisTarget", Type: client.Text, Doc: "what it is analysed for, one of the connector's analysisTargets"},
	{Name: "priority", Type: client.Int, Doc: "how urgent it is, -2 to 2"},
	{Name: "analysisStatus", Type: client.Int, Doc: "how far it is; StatusSubmitted tells of progress, StatusError of failure, StatusCancelled ends it"},
	{Name: "analysisResult", Type: client.Int, Doc: "outcome"},
	{Name: "analysisError", Type: client.Text, Doc: "why it failed"},
	{Name: "uploaded", Type: client.Bool, Doc: "whether the file is there to be read"},
	{Name: "uploadPath", Type: client.Text, Doc: "where the server keeps the file"},
	{Name: "uploadedFileSize", Type: client.Int, Doc: "size of the file; 0 before it is there"},
	{Name: "fileName", Type: client.Text, Doc: "name of the file"},
	{Name: "pathName", Type: client.Text, Doc: "folder of the file"},
	{Name: "md5", Type: client.Text, Doc: "MD5 of the file; fileHash is the first hash that there is"},
	{Name: "sha1", Type: client.Text, Doc: "SHA-1 of the file"},
	{Name: "sha256", Type: client.Text, Doc: "SHA-256 of the file"},
	{Name: "createdBy", Type: client.Text, Doc: "who asked for it"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was asked for"},
	{Name: "dateModified", Type: client.Time, Doc: "when it last changed"},
}
