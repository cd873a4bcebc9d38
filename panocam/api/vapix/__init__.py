"""The VAPIX dialect: the paths and replies that existing clients of this camera family speak."""

from panocam.api.vapix import (
    apidiscovery,
    basicdeviceinfo,
    disks,
    dynamicoverlay,
    eventstream,
    images,
    media,
    overlayimage,
    param,
    privacymask,
    ptz,
    pwdgrp,
    record,
    recordedtour,
    rtspws,
    soap,
    streamprofile,
    systemready,
    views,
)

_LISTED = (
    *systemready.ENDPOINTS,
    *pwdgrp.ENDPOINTS,
    *basicdeviceinfo.ENDPOINTS,
    *images.ENDPOINTS,
    *media.ENDPOINTS,
    *rtspws.ENDPOINTS,
    *param.ENDPOINTS,
    *eventstream.ENDPOINTS,
    *soap.ENDPOINTS,
    *streamprofile.ENDPOINTS,
    *disks.ENDPOINTS,
    *record.ENDPOINTS,
    *views.ENDPOINTS,
    *dynamicoverlay.ENDPOINTS,
    *overlayimage.ENDPOINTS,
    *privacymask.ENDPOINTS,
    *ptz.ENDPOINTS,
    *recordedtour.ENDPOINTS,
)

ENDPOINTS = (*_LISTED, apidiscovery.endpoint(_LISTED))
